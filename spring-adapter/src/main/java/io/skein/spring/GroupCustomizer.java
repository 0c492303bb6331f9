package io.skein.spring;

import io.skein.GroupBuilder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bean that has the last word on the groups that are built from properties. Customizers are called in the order of
 * their {@code @Order}.
 */
@FunctionalInterface
public interface GroupCustomizer {
    /**
     * Changes a group before it is built.
     *
     * @param name of the group
     */
    void customize(String name, GroupBuilder<Object, @Nullable Object> builder);

    /** One for a single group. */
    static GroupCustomizer of(String groupName, Consumer<GroupBuilder<Object, @Nullable Object>> customizer) {
        return (name, builder) -> {
            if (name.equals(groupName)) {
                customizer.accept(builder);
            }
        };
    }
}
