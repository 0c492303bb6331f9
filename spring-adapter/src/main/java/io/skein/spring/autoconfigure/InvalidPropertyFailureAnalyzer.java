package io.skein.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which property is wrong, what it is, and what to do. */
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPropertyException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertyException cause) {
        var origin = cause.origin() == null ? "" : "    Origin: " + cause.origin() + "\n";
        var description = "A property of Skein has a value that cannot be:\n\n"
                + "    Property: " + cause.property() + "\n"
                + "    Value: " + cause.value() + "\n"
                + origin
                + "    Reason: " + cause.problem();
        return new FailureAnalysis(description, cause.remedy(), cause);
    }
}
