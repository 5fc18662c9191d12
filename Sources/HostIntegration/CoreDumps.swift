import CHost
package import StationCore

/// What a crash of this process leaves: a core dump would hold what its memory holds.
package enum CoreDumps {
    /// Forbids them for the rest of the process's life. The unit's `LimitCORE=0` is not enough: a handler for cores that is
    /// a pipe gets them whatever the limit says. Throws `internalFault` where the kernel refuses.
    package static func forbid() throws(Failure) {
        let error = chost_forbid_core_dumps()
        guard error == 0 else { throw Failure(.internalFault, "core dumps cannot be forbidden: errno \(error)") }
    }

    /// Takes Swift's own crash reporter out for the rest of the process's life. It writes registers and the bytes that they
    /// point to into the log, for seconds while nothing is served; and it swallows a signal that another process sent, as
    /// systemd's watchdog sends SIGABRT: the hung daemon would hang on. Throws `internalFault` where the kernel refuses.
    package static func endAtCrashSignals() throws(Failure) {
        let error = chost_end_at_crash_signals()
        guard error == 0 else { throw Failure(.internalFault, "crash signals: errno \(error)") }
    }
}
