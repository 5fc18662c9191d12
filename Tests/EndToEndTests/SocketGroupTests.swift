import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// Each socket is its group's: who is in one of the two groups connects to one of the two sockets. Two groups that every
/// Debian has stand for `intake-operators` and `intake-admins`.
@Suite(.serialized, .enabled(if: getuid() == 0, "other user and group ids are needed"))
struct SocketGroupTests {
    private static let operators = "games"
    private static let administrators = "mail"
    private static let user = 65_534

    /// As which group a process comes: its own, or one among those that it also has.
    private enum Membership: CaseIterable { case primary, supplementary }

    @Test func eachGroupHasItsSocketAndNoOther() async throws {
        let environment = ["LOCAL_OPERATOR_GROUP": Self.operators, "LOCAL_ADMIN_GROUP": Self.administrators]
        try await withDaemon(environment: environment) { station in
            // The bench's directories are their owner's; on a station they are everybody's to pass, and the sockets alone say who.
            for path in [station.layout.root, station.layout.runtime] { chmod(path, 0o711) }
            let (ours, theirs) = (try Self.id(of: Self.operators), try Self.id(of: Self.administrators))
            for (socket, group) in [(station.layout.operatorSocket, ours), (station.layout.adminSocket, theirs)] {
                var found = stat()
                #expect(stat(socket, &found) == 0 && found.st_mode & 0o7777 == 0o660 && found.st_gid == group)
            }
            for membership in Membership.allCases {
                for (groups, opens) in [
                    ([ours], [true, false]), ([theirs], [false, true]), ([], [false, false]),
                    ([ours, theirs], [true, true]),
                ] {
                    let told = "\(membership) \(groups)"
                    let asked = [station.layout.operatorSocket, station.layout.adminSocket]
                    for (socket, isOpen) in zip(asked, opens) {
                        let answer = try await Self.get("/v1/status", socket, groups, membership)
                        #expect(answer.isOpen == isOpen, "\(told) \(socket) \(answer.text)")
                    }
                }
            }
            // What an administrator's process orders stands in the audit under its user id; an operator's gets nowhere.
            let verb = ["-X", "POST"]
            let refused = try await Self.get(
                "/v1/transmission/pause", station.layout.operatorSocket, [ours], .primary, verb)
            #expect(refused.text.contains("route-unknown"), "\(refused.text)")
            let done = try await Self.get(
                "/v1/transmission/pause", station.layout.adminSocket, [theirs], .primary, verb)
            #expect(done.isOpen && done.text.contains("recipientKeyId"), "\(done.text)")
            #expect(try await station.auditRows() == ["uid:\(Self.user) transmission.pause"])
        }
    }

    private static func id(of group: String) throws -> gid_t {
        try #require(getgrnam(group), "there is no group \(group)").pointee.gr_gid
    }

    private static func get(
        _ path: String, _ socket: String, _ groups: [gid_t], _ membership: Membership, _ arguments: [String] = []
    ) async throws -> (isOpen: Bool, text: String) {
        let names = groups.map { "\($0)" }
        let (own, others) =
            switch membership {
            case .primary: (names.first ?? "\(user)", Array(names.dropFirst()))
            case .supplementary: ("\(user)", names)
            }
        let output = try await ManagedProcess.run(
            Command(
                "/usr/bin/setpriv",
                ["--reuid", "\(user)", "--regid", own]
                    + (others.isEmpty ? ["--clear-groups"] : ["--groups", others.joined(separator: ",")])
                    + ["curl", "-sS", "--unix-socket", socket] + arguments + ["http://localhost\(path)"]))
        return (output.status == .exited(0), (output.output + output.error).joined(separator: "\n"))
    }
}
