import ArgumentParser
import StationCore
import UpstreamServer

/// `list`: what upstream holds; never a name, the number masked.
struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List what upstream holds and what it refused.")

    @Argument(help: "Directory made by init.") var directory: String
    @Flag(help: "JSON instead of a table.") var json = false

    func run() async throws {
        let listing = try await reporting { try UpstreamHoldings(UpstreamDirectory(directory)).list() }
        if json {
            Terminal.line(String(decoding: try StrictJSON.encode(listing), as: UTF8.self))
            return
        }
        Terminal.line("held \(listing.items.count), refused \(listing.rejections.count)")
        for item in listing.items {
            let checks = item.findings.map { "\($0.check)=\($0.verdict.rawValue)" }.joined(separator: " ")
            Terminal.line(
                "\(item.itemId.text)  \(item.stationId.text)  #\(item.sequence)  r\(item.revision)  \(item.kind)  "
                    + "\(item.receivedAt.text)  \(item.maskedNumber ?? "-")  card \(item.cardVerdict.rawValue)  \(checks)"
            )
        }
        for refused in listing.rejections {
            Terminal.line(
                "refused \(refused.itemId.text)  \(refused.stationId.text)  \(refused.at.text)  \(refused.problem)"
            )
        }
        for alarm in listing.auditAlarms {
            Terminal.line("audit chain of \(alarm.stationId.text) \(alarm.alarm) at entry \(alarm.sequence)")
        }
    }
}

/// `show`: one item, opened. It shows personal data.
struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show one item with its opened content, which is personal data, as JSON. Exit code 3: not held."
    )

    @Argument(help: "Directory made by init.") var directory: String
    @Argument(help: "Item id.") var item: String
    @Flag(help: "JSON, the only form there is.") var json = false

    func run() async throws {
        guard let itemId = ItemID(item) else { throw ValidationError("An item id is a lower-case UUID version 7.") }
        guard let shown = try await reporting({ try UpstreamHoldings(UpstreamDirectory(directory)).show(itemId) })
        else { throw ExitCode(3) }
        Terminal.line(String(decoding: shown, as: UTF8.self))
    }
}
