package io.skein;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between the packages of the core: who may know whom. */
class ArchitectureTest {
    private static final JavaClasses SKEIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("jcstress"))
            .importPackages("io.skein");

    @Test
    void theRootPackageKnowsOnlyTheEvents() {
        noClasses()
                .that()
                .resideInAPackage("io.skein")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein.cache..",
                        "io.skein.load..",
                        "io.skein.write..",
                        "io.skein.stream..",
                        "io.skein.tier..",
                        "io.skein.micrometer..",
                        "io.skein.resilience4j..",
                        "io.skein.guava..")
                .check(SKEIN);
    }

    @Test
    void theEventsKnowNobody() {
        classes()
                .that()
                .resideInAPackage("io.skein.event")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.skein.event", "java..", "org.jspecify..")
                .check(SKEIN);
    }

    @Test
    void theRootPackageNeedsNoOtherLibraryThanCaffeine() {
        classes()
                .that()
                .resideInAPackage("io.skein")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein",
                        "io.skein.event",
                        "io.skein.internal",
                        "java..",
                        "org.jspecify..",
                        "com.github.benmanes.caffeine.cache..")
                .check(SKEIN);
    }

    @Test
    void theCacheKnowsTheRootPackageAndTheEvents_andNoOtherLibraryThanCaffeine() {
        classes()
                .that()
                .resideInAPackage("io.skein.cache")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein",
                        "io.skein.cache",
                        "io.skein.event",
                        "io.skein.internal",
                        "io.skein.tier",
                        "io.skein.write.behind",
                        "io.skein.write",
                        "java..",
                        "org.jspecify..",
                        "com.github.benmanes.caffeine.cache..")
                .check(SKEIN);
    }

    @Test
    void whatATierMustDo_knowsNobody() {
        classes()
                .that()
                .resideInAPackage("io.skein.tier")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.skein.tier", "java..", "org.jspecify..")
                .check(SKEIN);
    }

    @Test
    void writingBehindKnowsTheWriters_andInOnePlaceTheJournalsLibrary() {
        classes()
                .that()
                .resideInAPackage("io.skein.write.behind")
                .and()
                .haveNameNotMatching(".*\\.JournalFile.*") // the one place for an optional library
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein",
                        "io.skein.internal",
                        "io.skein.write.behind",
                        "io.skein.write",
                        "java..",
                        "org.jspecify..",
                        "com.github.benmanes.caffeine.cache..")
                .check(SKEIN);
    }

    @Test
    void writersKnowTheRootPackage_andNoLibrary() {
        classes()
                .that()
                .resideInAPackage("io.skein.write")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.skein", "io.skein.write", "io.skein.internal", "java..", "org.jspecify..")
                .check(SKEIN);
    }

    @Test
    void loadersMadeFromLoadersKnowTheRootPackage_andNoOtherLibraryThanCaffeine() {
        classes()
                .that()
                .resideInAPackage("io.skein.load")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein",
                        "io.skein.load",
                        "io.skein.internal",
                        "java..",
                        "org.jspecify..",
                        "com.github.benmanes.caffeine.cache..")
                .check(SKEIN);
    }

    @Test
    void streamsKnowTheRootPackageAndTheEvents_andNoOtherLibraryThanCaffeine() {
        classes()
                .that()
                .resideInAPackage("io.skein.stream")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein",
                        "io.skein.event",
                        "io.skein.internal",
                        "io.skein.stream",
                        "java..",
                        "org.jspecify..",
                        "com.github.benmanes.caffeine.cache..")
                .check(SKEIN);
    }

    @Test
    void theBridgeToResilience4jKnowsTheCore_andNoOtherLibrary() {
        classes()
                .that()
                .resideInAPackage("io.skein.resilience4j")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein",
                        "io.skein.cache",
                        "io.skein.event",
                        "io.skein.internal",
                        "io.skein.resilience4j",
                        "io.github.resilience4j..",
                        "java..",
                        "org.jspecify..")
                .check(SKEIN);
    }

    @Test
    void theBridgeToMicrometerKnowsTheCore_andNoOtherLibrary() {
        classes()
                .that()
                .resideInAPackage("io.skein.micrometer")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein",
                        "io.skein.cache",
                        "io.skein.event",
                        "io.skein.internal",
                        "io.skein.micrometer",
                        "io.skein.stream",
                        "io.skein.tier",
                        "io.skein.write",
                        "io.micrometer..",
                        "java..",
                        "org.jspecify..")
                .check(SKEIN);
    }

    @Test
    void theBridgeToMicrometerIsKnownByNobody() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.skein.micrometer")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein.micrometer..",
                        "io.micrometer.core..",
                        "io.micrometer.observation..",
                        "io.micrometer.tracing..")
                .check(SKEIN);
    }

    @Test
    void theBridgeToResilience4jIsKnownByNobody() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.skein.resilience4j")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.skein.resilience4j..", "io.github.resilience4j..")
                .check(SKEIN);
    }

    @Test
    void theSharedSmallThingsKnowNobody() {
        classes()
                .that()
                .resideInAPackage("io.skein.internal")
                .and()
                .haveNameNotMatching(".*\\.LeaderContext.*") // the one place for an optional library
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein.internal", "java..", "org.jspecify..", "com.github.benmanes.caffeine.cache..")
                .check(SKEIN);
    }

    @Test
    void theBridgeToGuavaKnowsTheCoreAndGuava() {
        classes()
                .that()
                .resideInAPackage("io.skein.guava")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.skein",
                        "io.skein.cache",
                        "io.skein.event",
                        "io.skein.guava",
                        "io.skein.internal",
                        "java..",
                        "org.jspecify..",
                        "com.google.common..")
                .check(SKEIN);
    }

    @Test
    void nobodyKnowsTheBridgeToGuava_norGuava() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.skein.guava")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.skein.guava..", "com.google.common..")
                .check(SKEIN);
    }

    @Test
    void thereAreNoCirclesBetweenPackages() {
        slices().matching("io.skein.(*)..").should().beFreeOfCycles().check(SKEIN);
    }
}
