import CanarySearch
import Foundation
import Glibc
import HeadlessBrowser
import StationBench
import StationCore
import Testing

/// What a thief who reads the console's memory finds: the citizen while the operator works, and nobody afterwards.
@Suite(
    .enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(10)))
struct ConsoleMemoryTests {
    @Test(arguments: ["sign-out", "idle lock", "save and sign-out"])
    func nothingOfTheCitizenStaysInTheConsole(end: String) async throws {
        let settings = end == "idle lock" ? "people:\n  idleSeconds: 10" : ""
        try await withDesk(settings: settings) { station, page, citizen in
            let console = try #require(await station.runningConsole)
            let memory = ProcessMemory(
                process: console.processID,
                search: CanarySearch([citizen.number, citizen.name, citizen.residence, Self.phone]))
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.phone(Self.phone)
            let during = try memory.findings()
            // The control: number, name and residence came over the event stream, which is still open.
            for canary in 0...2 {
                #expect(during.contains { $0.canary == canary }, "the search does not find what is there: \(canary)")
            }
            switch end {
            case "sign-out":
                try await page.click("sign-out")
                try await page.shows("Đã đăng xuất")
            case "idle lock":
                #expect(try await eventually { try await page.browser.text().contains("khóa vì không có thao tác") })
            default:
                try await page.consent()
                _ = try await page.save()
                try await page.click("sign-out")
                try await page.shows("Đã đăng xuất")
            }
            var left: Set<CanarySearch.Finding> = []
            let isGone = try await eventually {
                left = try memory.findings()
                return left.isEmpty
            }
            #expect(isGone, "\(left.map(\.description).sorted())")
        }
    }

    private static let phone = "0987654321"
}

/// The writable memory of another process, read as a debugger reads it; without the stacks of its threads, where short texts
/// stay until the next calls write over them.
private struct ProcessMemory {
    let process: Int32
    let search: CanarySearch

    private static let page = 4_096

    func findings() throws -> Set<CanarySearch.Finding> {
        let maps = try String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8)
        let descriptor = open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0, "the memory of \(process) cannot be read: errno \(errno)")
        defer { close(descriptor) }
        var found: Set<CanarySearch.Finding> = []
        var pages = 0
        var isGuarded = false
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            // A thread's stack lies behind a page that nobody may touch.
            let isStack = isGuarded && words.count == 5 && ends[1] - ends[0] >= 128 * 1_024
            isGuarded = words[1].hasPrefix("---") && ends[1] - ends[0] == UInt64(Self.page)
            guard words[1].hasPrefix("rw"), !isStack, words.last != "[stack]" else { continue }
            let name = words.count > 5 ? String(words[5]) : "anonymous"
            for run in try runs(descriptor, from: ends[0], to: ends[1]) {
                pages += run.count / Self.page
                found.formUnion(search.findings(in: run, file: name))
            }
        }
        #expect(pages > 500, "that is not the memory of a program")
        return found
    }

    /// The parts of a region that hold anything: most of what is mapped was never written to.
    private func runs(_ descriptor: Int32, from start: UInt64, to end: UInt64) throws -> [Data] {
        var runs: [Data] = []
        var run = Data()
        var block = [UInt8](repeating: 0, count: 256 * Self.page)
        var address = start
        while address < end {
            let wanted = min(block.count, Int(end - address))
            let count = block.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(address)) }
            // A region that went since the list was read, or one that nobody may read, holds nothing any more.
            guard count > 0 else { break }
            block.withUnsafeBytes { bytes in
                for offset in stride(from: 0, to: count, by: Self.page) {
                    let page = UnsafeRawBufferPointer(rebasing: bytes[offset..<min(count, offset + Self.page)])
                    if Self.isZero(page) {
                        if !run.isEmpty { runs.append(run) }
                        run = Data()
                    } else {
                        run.append(contentsOf: page)
                    }
                }
            }
            address += UInt64(count)
        }
        if !run.isEmpty { runs.append(run) }
        return runs
    }

    private static func isZero(_ page: UnsafeRawBufferPointer) -> Bool {
        guard let start = page.baseAddress, page[0] == 0 else { return false }
        return memcmp(start, start + 1, page.count - 1) == 0
    }
}
