package io.skein.stream;

/** What is streamed: the bytes of a key, or its items, which are two streams. */
record Address<K>(K key, boolean ofItems) {}
