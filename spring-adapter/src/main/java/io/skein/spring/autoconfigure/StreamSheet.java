package io.skein.spring.autoconfigure;

import io.skein.stream.StreamGroupBuilder;
import java.util.concurrent.Executor;

/** What the properties of one group of streams say. */
final class StreamSheet {
    private StreamSheet() {}

    static void apply(Sheet<StreamProperties> sheet, StreamGroupBuilder<Object> builder) {
        sheet.apply("load-timeout", StreamProperties::getLoadTimeout, builder::loadTimeout);
        sheet.apply("read-timeout", StreamProperties::getReadTimeout, builder::readTimeout);
        sheet.apply("stuck-after", StreamProperties::getStuckAfter, builder::stuckAfter);
        sheet.apply("forget-stuck", StreamProperties::getForgetStuck, builder::forgetStuck);
        sheet.applyBean("executor", StreamProperties::getExecutor, Executor.class, builder::executor);
        sheet.applyBean(
                "subscriber-executor",
                StreamProperties::getSubscriberExecutor,
                Executor.class,
                builder::subscriberExecutor);
        sheet.apply("memory-limit", StreamProperties::getMemoryLimit, size -> builder.memoryLimit(size.toBytes()));
        sheet.apply("max-ahead", StreamProperties::getMaxAhead, size -> builder.maxAhead(size.toBytes()));
        sheet.apply("max-items-ahead", StreamProperties::getMaxItemsAhead, builder::maxItemsAhead);
        sheet.apply("max-items", StreamProperties::getMaxItems, builder::maxItems);
        sheet.apply("max-bytes", StreamProperties::getMaxBytes, size -> builder.maxBytes(size.toBytes()));
        sheet.apply("max-streams", StreamProperties::getMaxStreams, builder::maxStreams);
        sheet.apply("max-readers", StreamProperties::getMaxReaders, builder::maxReaders);
        sheet.apply("cancel-when-abandoned", StreamProperties::getCancelWhenAbandoned, builder::cancelWhenAbandoned);
        sheet.apply("keep-for", StreamProperties::getKeepFor, builder::keepFor);
        sheet.apply("keep-size", StreamProperties::getKeepSize, size -> builder.keepSize(size.toBytes()));
        sheet.apply("directory", StreamProperties::getDirectory, builder::directory);
    }
}
