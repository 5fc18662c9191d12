import Foundation
import Logging
import StationCore
import Synchronization
import Testing

@testable import HostIntegration

@Suite struct JournalLogHandlerTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func logger(_ style: JournalLogHandler.Style, level: Logger.Level = .trace) -> Logger {
            Logger(label: "intaked") { label in
                JournalLogHandler(label: label, level: level, style: style) { line in
                    self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
                }
            }
        }
    }

    // sd-daemon(3): the kernel's severities in angle brackets.
    @Test(
        arguments: [
            (.critical, 2), (.error, 3), (.warning, 4), (.notice, 5), (.info, 6), (.debug, 7), (.trace, 7),
        ] as [(Logger.Level, Int)])
    func `under the journal a line begins with its severity`(level: Logger.Level, severity: Int) {
        let lines = Lines()
        lines.logger(.journal).log(level: level, "saved")
        #expect(lines.all == ["<\(severity)>intaked: saved\n"])
    }

    @Test func `metadata follows in order, an event's own before the logger's`() {
        let lines = Lines()
        var logger = lines.logger(.journal)
        logger[metadataKey: "reader"] = "0"
        logger[metadataKey: "item"] = "x"
        logger.info("read", metadata: ["reader": "1"])
        #expect(lines.all == ["<6>intaked: read item=x reader=1\n"])
    }

    @Test func `a message cannot forge a second line`() {
        let lines = Lines()
        lines.logger(.journal).info("a\n<2>intaked: forged\r\u{1B}[0m", metadata: ["k": "v\nw"])
        #expect(lines.all == ["<6>intaked: a\\u{a}<2>intaked: forged\\u{d}\\u{1b}[0m k=v\\u{a}w\n"])
    }

    @Test func `by hand a line begins with the time`() throws {
        let lines = Lines()
        lines.logger(.plain).notice("Đã lưu")
        let line = try #require(lines.all.first)
        #expect(Timestamp(text: String(line.prefix(24))) != nil)
        #expect(line.dropFirst(24) == " notice intaked: Đã lưu\n")
    }

    @Test func `the level holds, and belongs to the value`() {
        let lines = Lines()
        let quiet = lines.logger(.journal, level: .warning)
        var loud = quiet
        loud.logLevel = .debug
        quiet.info("no")
        loud.debug("yes")
        #expect(lines.all == ["<7>intaked: yes\n"])
    }

    @Test func `standard error is the journal when it is the file that JOURNAL_STREAM names`() throws {
        let scratch = try Scratch()
        let descriptor = open("\(scratch.path)/stream", O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        var status = stat()
        try #require(fstat(descriptor, &status) == 0)
        func isJournal(_ stream: String?) -> Bool {
            JournalLogHandler.isUnderJournal(
                environment: stream.map { ["JOURNAL_STREAM": $0] } ?? [:], descriptor: descriptor)
        }
        #expect(isJournal("\(status.st_dev):\(status.st_ino)"))
        #expect(!isJournal("\(status.st_dev):\(status.st_ino + 1)"))
        #expect(!isJournal(nil))
    }
}
