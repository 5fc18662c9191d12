import ArgumentParser
import StationAPI

/// The language of tables and sentences. Problems are always told in both.
package enum Language: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Vietnamese.
    case vi
    /// English.
    case en

    /// Vietnamese, unless the locale names another language; `C` and `POSIX` name none.
    /// - Parameter environment: the process's environment, where LC_ALL goes before LC_MESSAGES before LANG.
    package init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let name = locale.prefix { $0 != "_" && $0 != "." && $0 != "@" }
        self = ["", "C", "POSIX", "vi"].contains(String(name)) ? .vi : .en
    }

    /// The text of this language.
    func pick(_ vietnamese: String, _ english: String) -> String { self == .vi ? vietnamese : english }

    /// What happened.
    func title(of problem: Problem) -> String { pick(problem.detailVi, problem.title) }

    /// What to do.
    func remedy(of problem: Problem) -> String { pick(problem.remedyVi, problem.remedy) }
}
