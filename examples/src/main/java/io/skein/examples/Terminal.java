package io.skein.examples;

import java.lang.reflect.Method;

/** Whether somebody watches. */
final class Terminal {
    private Terminal() {}

    /** From Java 22 on there may be a console without a terminal, and a method that tells. */
    @SuppressWarnings("SystemConsoleNull") // null on the older ones, and that is looked at
    static boolean isThere() {
        var console = System.console();
        if (console == null) {
            return false;
        }
        try {
            Method isTerminal = java.io.Console.class.getMethod("isTerminal");
            return (boolean) isTerminal.invoke(console);
        } catch (NoSuchMethodException e) {
            return true; // before 22 there is a console only on a terminal
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot ask the console", e);
        }
    }
}
