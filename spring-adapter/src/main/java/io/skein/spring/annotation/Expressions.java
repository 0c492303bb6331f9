package io.skein.spring.annotation;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** The expressions of one method's annotation: parsed, and checked to name nothing that is not there. */
final class Expressions {
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();
    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();
    private static final Set<String> ALWAYS = Set.of("root", "this");

    /** Compiled without {@code -parameters}, parameters have no names. */
    private static final String REMEDY = "A parameter is known by its name only if the class is compiled with"
            + " -parameters, and always by its position, as #p0.";

    private final Method method;
    private final Class<?> targetClass;
    private final Map<String, Integer> parameters = new LinkedHashMap<>();

    /** @param count how many of the method's parameters are the caller's */
    Expressions(Method method, Class<?> targetClass, int count) {
        this.method = method;
        this.targetClass = targetClass;
        var names = NAMES.getParameterNames(method);
        for (int i = 0; i < count; i++) {
            if (names != null && names[i] != null) {
                parameters.put(names[i], i);
            }
        }
        for (int i = 0; i < count; i++) {
            parameters.putIfAbsent("p" + i, i);
            parameters.putIfAbsent("a" + i, i);
        }
    }

    /** The parameters by all of their names. */
    Map<String, Integer> parameters() {
        return parameters;
    }

    /**
     * Parses an expression.
     *
     * @param attribute where it stands, for messages
     * @param more the variables it may use besides the parameters
     * @return null if it is empty
     */
    @Nullable
    Expression parse(String attribute, String text, String... more) {
        if (text.isBlank()) {
            return null;
        }
        SpelExpression expression;
        try {
            expression = PARSER.parseRaw(text);
        } catch (ParseException | IllegalStateException e) {
            throw new InvalidCoalescedException(
                    method,
                    targetClass,
                    attribute + " = \"" + text + "\" is no SpEL expression: " + e.getMessage(),
                    "Correct it.",
                    e);
        }
        var known = new LinkedHashSet<>(parameters.keySet());
        known.addAll(List.of(more));
        for (var variable : variables(expression.getAST(), new ArrayList<>())) {
            if (!known.contains(variable) && !ALWAYS.contains(variable)) {
                throw new InvalidCoalescedException(
                        method,
                        targetClass,
                        attribute + " = \"" + text + "\" uses #" + variable + ", which is not there",
                        "There is "
                                + String.join(
                                        ", ",
                                        known.stream().map(name -> "#" + name).toList()) + ", #root. " + REMEDY,
                        null);
            }
        }
        return expression;
    }

    private static List<String> variables(SpelNode node, List<String> found) {
        if (node instanceof VariableReference) {
            found.add(node.toStringAST().substring(1));
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            variables(node.getChild(i), found);
        }
        return found;
    }

    /** The position of the parameter that an expression consists of; -1 if there is more to it. */
    int parameter(@Nullable Expression expression) {
        if (expression instanceof SpelExpression spel && spel.getAST() instanceof VariableReference variable) {
            return parameters.getOrDefault(variable.toStringAST().substring(1), -1);
        }
        return -1;
    }
}
