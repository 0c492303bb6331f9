package io.skein.internal;

/** How groups and keys are written in messages: keys are untrusted input. */
public final class Text {
    private static final int LONGEST_KEY = 100;

    private Text() {}

    /** {@code key 'user:42' of group 'users'}. */
    public static String of(String group, Object key) {
        return "key " + quote(key) + " of group " + quote(group);
    }

    /** In quotes, control characters escaped, cut at 100 characters. */
    public static String quote(Object key) {
        String text;
        try {
            text = String.valueOf(key.toString());
        } catch (Throwable e) { // whatever it is, a message about something else must not fail for it
            text = key.getClass().getName() + " (its toString() failed)";
        }
        var out = new StringBuilder(Math.min(text.length(), LONGEST_KEY) + 2).append('\'');
        for (int i = 0; i < text.length() && i < LONGEST_KEY; i++) {
            char c = text.charAt(i);
            if (isUnprintable(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        if (text.length() > LONGEST_KEY) {
            out.append("...");
        }
        return out.append('\'').toString();
    }

    /** Control characters, line separators, and what turns the direction of text. */
    private static boolean isUnprintable(char c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE
                || type == Character.UNASSIGNED;
    }
}
