import Glibc

/// Processor time of this process, which a busy machine does not stretch.
package enum ProcessorTime {
    /// All of it so far.
    package static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
