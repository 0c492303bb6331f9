/** Four JVMs that share a cache: {@link io.skein.examples.cluster.ClusterDemo}. */
@NullMarked
package io.skein.examples.cluster;

import org.jspecify.annotations.NullMarked;
