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
}
