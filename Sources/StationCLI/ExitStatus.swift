package import ArgumentParser

/// How `intakectl` ends; scripts rely on it.
package enum ExitStatus {
    /// Done.
    package static let ok = ExitCode(0)
    /// A problem, told on standard error.
    package static let error = ExitCode(1)
    /// There is nothing to show.
    package static let nothing = ExitCode(2)
    /// There is no such thing.
    package static let notFound = ExitCode(3)
    /// The station works, but something needs attention.
    package static let degraded = ExitCode(4)
    /// What was waited for did not happen in time.
    package static let timedOut = ExitCode(5)

    /// All of them with their meaning, as docs/intakectl.md has them.
    package static let meanings: [(code: ExitCode, vi: String, en: String)] = [
        (ok, "xong", "done"), (error, "lỗi, nêu ở đầu ra lỗi", "a problem, told on standard error"),
        (nothing, "không có gì", "there is nothing to show or to do"),
        (notFound, "không có đối tượng này", "there is no such thing"),
        (degraded, "cần chú ý", "the station works, but something needs attention"),
        (timedOut, "hết thời gian chờ", "what was waited for did not happen in time"),
        (.validationFailure, "dùng sai lệnh", "the command line is wrong"),
    ]
}
