package io.skein.stream;

/**
 * What a group of streams has at this moment.
 *
 * @param inFlight streams that are being written and can be joined
 * @param kept finished streams that are kept for replay
 * @param readers readers and subscribers aboard, those of kept and forgotten streams among them
 * @param inMemory about how many bytes of streams are in memory; an item without a codec counts as 64
 * @param onDisk how many bytes of streams are in temporary files
 */
public record StreamStats(int inFlight, int kept, int readers, long inMemory, long onDisk) {}
