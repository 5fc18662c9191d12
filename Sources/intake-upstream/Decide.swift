import ArgumentParser
import StationCore
import UpstreamServer

/// `decide`: says what became of an application, in whatever words upstream uses.
struct Decide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decide on an application that upstream holds; stations hear of it. Exit code 3: not held."
    )

    @Argument(help: "Directory made by init.") var directory: String
    @Argument(help: "Item id.") var item: String
    @Argument(help: "Upstream's word, such as 'Hồ sơ được cấp'.") var label: String

    func run() async throws {
        guard let itemId = ItemID(item) else { throw ValidationError("An item id is a lower-case UUID version 7.") }
        try await reporting {
            let directory = UpstreamDirectory(directory)
            guard try UpstreamHoldings(directory).list().items.contains(where: { $0.itemId == itemId }) else {
                throw ExitCode(3)
            }
            try DecisionLog(directory).add(itemId, label: label, at: SystemClock().now)
        }
    }
}
