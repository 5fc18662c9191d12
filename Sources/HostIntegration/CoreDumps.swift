import CHost
package import StationCore

/// Core dumps of this process: they would hold what its memory holds.
package enum CoreDumps {
    /// Forbids them for the rest of the process's life. The unit's `LimitCORE=0` is not enough: a handler for cores that is
    /// a pipe gets them whatever the limit says. Throws `internalFault` where the kernel refuses.
    package static func forbid() throws(Failure) {
        let error = chost_forbid_core_dumps()
        guard error == 0 else { throw Failure(.internalFault, "core dumps cannot be forbidden: errno \(error)") }
    }
}
