package io.skein.spring.autoconfigure;

import io.skein.spring.annotation.InvalidCoalescedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which method is annotated in a way that cannot be, and what to do. */
final class InvalidCoalescedFailureAnalyzer extends AbstractFailureAnalyzer<InvalidCoalescedException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidCoalescedException cause) {
        return new FailureAnalysis(cause.problem(), cause.remedy(), cause);
    }
}
