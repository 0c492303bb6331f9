package io.skein.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisProcessTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-amd64",
        "Linux, aarch64, linux-arm64",
        "Mac OS X, x86_64, darwin-amd64",
        "Mac OS X, aarch64, darwin-arm64",
    })
    void thereIsABinary(String os, String arch, String name) {
        assertThat(RedisProcess.binary(os, arch))
                .hasValueSatisfying(binary -> assertThat(binary).endsWith(name));
    }

    @ParameterizedTest
    @CsvSource({"Windows 11, amd64", "Linux, riscv64", "Linux, i386", "FreeBSD, amd64", "SunOS, sparcv9"})
    void thereIsNone_andNotAnotherOne(String os, String arch) {
        assertThat(RedisProcess.binary(os, arch)).isEmpty();
    }
}
