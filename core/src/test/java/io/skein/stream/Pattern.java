package io.skein.stream;

/** Bytes of which each tells where it is, nearly. */
final class Pattern {
    private Pattern() {}

    static byte at(long position) {
        return (byte) (position * 31 + (position >>> 8) * 7 + (position >>> 16) * 13);
    }

    static byte[] bytes(long from, int count) {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = at(from + i);
        }
        return bytes;
    }
}
