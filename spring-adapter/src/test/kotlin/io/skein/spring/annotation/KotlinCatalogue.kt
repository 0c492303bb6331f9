package io.skein.spring.annotation

import io.skein.spring.Coalesced
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOf

/** What a Kotlin service looks like. */
open class KotlinCatalogue {
    val calls = AtomicInteger()
    val answer = CompletableDeferred<String>()

    @Coalesced("products")
    open suspend fun find(id: Long): String {
        calls.incrementAndGet()
        return answer.await() + id
    }

    @Coalesced(cacheNames = ["products"], key = "#name", unless = "#result == 'none'")
    open suspend fun look(name: String, locale: String): String? {
        calls.incrementAndGet()
        return if (name == "none") "none" else if (name == "null") null else "$name in $locale"
    }

    @Coalesced
    open fun all(): Flow<String> {
        calls.incrementAndGet()
        return flowOf("a", "b")
    }

    @Coalesced("products")
    open suspend fun allLater(): Flow<String> {
        calls.incrementAndGet()
        return flowOf("a", "b")
    }
}

/** Kotlin's functions without a result return Unit. */
open class KotlinNothing {
    @Coalesced
    open suspend fun run() {
    }
}

/** Final, as Kotlin's classes are. */
class KotlinFinal {
    @Coalesced
    fun run(): String = ""
}
