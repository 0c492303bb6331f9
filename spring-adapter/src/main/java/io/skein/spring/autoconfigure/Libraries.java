package io.skein.spring.autoconfigure;

import org.springframework.util.ClassUtils;

/** What the application has on its class path. */
final class Libraries {
    private Libraries() {}

    static boolean arePresent(String... classNames) {
        for (var name : classNames) {
            if (!ClassUtils.isPresent(name, Libraries.class.getClassLoader())) {
                return false;
            }
        }
        return true;
    }
}
