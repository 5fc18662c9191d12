import StationCore
import Uplink

/// Why a whole request is refused.
struct RequestProblem: Error, Hashable {
    let status: Int
    let name: ProblemName
    let detail: String
    var maxBytes: Int?
    var maxItems: Int?

    init(_ status: Int, _ name: ProblemName, _ detail: String) {
        self.status = status
        self.name = name
        self.detail = detail
    }

    /// 413 with what upstream takes.
    static func tooLarge(_ detail: String) -> RequestProblem {
        var problem = RequestProblem(413, .tooLarge, detail)
        problem.maxBytes = Limits.Uplink.batchBytes
        problem.maxItems = Limits.Uplink.batchItems
        return problem
    }
}
