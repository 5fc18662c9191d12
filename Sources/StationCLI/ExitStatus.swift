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
    package static let meanings: [(number: Int32, vi: String, en: String)] = [
        (ok.rawValue, "xong", "done"), (error.rawValue, "lỗi, nêu ở đầu ra lỗi", "a problem, told on standard error"),
        (nothing.rawValue, "không có gì", "there is nothing to show or to do"),
        (notFound.rawValue, "không có đối tượng này", "there is no such thing"),
        (degraded.rawValue, "cần chú ý", "the station works, but something needs attention"),
        (timedOut.rawValue, "hết thời gian chờ", "what was waited for did not happen in time"),
        (ExitCode.validationFailure.rawValue, "dùng sai lệnh", "the command line is wrong"),
    ]
}
