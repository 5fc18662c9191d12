import Foundation
import HostIntegration
import Testing

/// Code that only the start needed leaves resident memory, and runs again when it is called.
@Test func codeIsGivenBackAndComesBack() throws {
    func filePages() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1]))
    }
    let before = try filePages()
    StartupPages.giveBack()
    let after = try filePages()
    #expect(after < before * 3 / 4, "\(before) kB before, \(after) kB after")
    #expect(try JSONDecoder().decode([Int].self, from: Data("[1,2]".utf8)) == [1, 2])
}
