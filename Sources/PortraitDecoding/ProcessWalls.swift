import CHost
import Glibc
package import StationCore

/// What the decoding process takes from itself before it reads one foreign byte: files, network, processes, privileges,
/// memory and time beyond the limits. There is no way back.
package enum ProcessWalls {
    /// Throws `internalFault` when a wall does not stand; the process must then end without decoding.
    package static func raise() throws(Failure) {
        try limit(RLIMIT_CORE, 0)
        try limit(RLIMIT_FSIZE, 0)
        try limit(__RLIMIT_NPROC, 0)
        try limit(RLIMIT_NOFILE, 0)
        try limit(RLIMIT_CPU, Limits.Portrait.processSeconds)
        try limit(RLIMIT_AS, Limits.Portrait.processBytes)
        try check(chost_renounce_privileges(), "no new privileges")
        try check(chost_keep_pure_computation(), "system call filter")
    }

    private static func limit(_ resource: __rlimit_resource, _ value: Int) throws(Failure) {
        var bounds = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
        try check(unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &bounds) == 0 ? 0 : errno, "resource limit")
    }

    private static func check(_ code: Int32, _ wall: String) throws(Failure) {
        guard code == 0 else { throw Failure(.internalFault, "\(wall): errno \(code)") }
    }
}
