package io.skein.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package of the adapter may know which, and what none may need. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.skein.spring");

    @Test
    void nobodyKnowsTheAutoConfiguration() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.skein.spring.autoconfigure")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.skein.spring.autoconfigure")
                .check(CLASSES);
    }

    @Test
    void theAnnotation_knowsNeitherSpringsCachesNorTheEndpoint() {
        noClasses()
                .that()
                .resideInAPackage("io.skein.spring.annotation")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.skein.spring.cache", "io.skein.spring.actuate")
                .check(CLASSES);
    }

    @Test
    void theEndpoint_knowsOnlyTheRegistry() {
        noClasses()
                .that()
                .resideInAPackage("io.skein.spring.actuate")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.skein.spring.cache", "io.skein.spring.annotation")
                .check(CLASSES);
    }

    @Test
    void theRootPackage_knowsNoOther() {
        noClasses()
                .that()
                .resideInAPackage("io.skein.spring")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.skein.spring.*")
                .check(CLASSES);
    }

    /** What an application may lack stands in classes that nobody loads then. */
    @Test
    void reactor_isKnownToOneClass() {
        noClasses()
                .that()
                .doNotHaveSimpleName("ReactiveCalls")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("reactor..", "org.reactivestreams..")
                .check(CLASSES);
    }

    @Test
    void resilience4j_isKnownToItsGuardsOnly() {
        noClasses()
                .that()
                .haveNameNotMatching(".*Resilience4jGuards.*")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.github.resilience4j..", "io.skein.resilience4j..")
                .check(CLASSES);
    }
}
