import CanarySearch
import Foundation
import Glibc
import HeadlessBrowser
import StationAPI
import StationBench
import StationCore
import Testing

/// What a thief who reads the console's memory finds: the citizen while the operator works, and nobody afterwards.
@Suite(
    .enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(10)))
struct ConsoleMemoryTests {
    @Test(arguments: End.allCases)
    func nothingOfTheCitizenStaysInTheConsole(end: End) async throws {
        let settings = end == .idleLock ? "people:\n  idleSeconds: 10" : ""
        try await withDesk(settings: settings) { station, page, citizen in
            let console = try #require(await station.runningConsole)
            let typed = [Self.phone, Self.email, Self.witness, Self.witnessNumber]
            let memory = ProcessMemory(
                process: console.processID,
                search: CanarySearch([citizen.number, citizen.name, citizen.residence] + typed))
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.set("email", Self.email)
            try await page.phone(Self.phone)
            let during = try memory.findings()
            // The control: number, name and residence came over the event stream, which is still open.
            for canary in 0...2 {
                #expect(during.contains { $0.canary == canary }, "the search does not find what is there: \(canary)")
            }
            if end.isSaved { try await save(page) }
            switch end {
            case .signOut, .saveAndSignOut:
                try await page.click("sign-out")
                try await page.shows("Đã đăng xuất")
            case .idleLock:
                #expect(try await eventually { try await page.browser.text().contains("khóa vì không có thao tác") })
            case .nextCard, .saveAndNextCard:
                try await layDownAnother(station, page, than: citizen)
            }
            var left: Set<CanarySearch.Finding> = []
            let isGone = try await eventually {
                left = try memory.findings()
                return left.isEmpty
            }
            #expect(isGone, "\(left.map(\.description).sorted())")
        }
    }

    /// Whatever the unit allows: neither program through which people's data passes leaves its memory on disk when it dies.
    @Test func neitherConsoleNorDaemonLeavesACore() async throws {
        try await withStation { station, _, _ in
            _ = try await station.startConsole(port: 0)
            for program in [await station.runningConsole, await station.runningDaemon] {
                let process = try #require(program).processID
                let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
                let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
                // The soft limit, which the kernel asks.
                #expect(line.split(separator: " ").dropFirst(4).first == "0")
            }
        }
    }

    /// How a citizen's time at the desk ends.
    enum End: CaseIterable {
        case signOut, idleLock, nextCard, saveAndSignOut, saveAndNextCard

        var isSaved: Bool { self == .saveAndSignOut || self == .saveAndNextCard }
    }

    /// The citizen agrees before a witness, so that everything that can be typed is sent.
    private func save(_ page: DeskPage) async throws {
        try await page.answer("witnessed")
        try await page.click("read-aloud")
        try await page.fill("witness-name", Self.witness)
        try await page.fill("witness-number", Self.witnessNumber)
        try await page.submit("consent")
        try await page.shows("Mời công dân xem lại")
        _ = try await page.save()
    }

    /// The next citizen's card is read while the same person is signed in.
    private func layDownAnother(_ station: BenchStation, _ page: DeskPage, than citizen: Citizen) async throws {
        let other = try Citizen(directory: try await station.issueCard("other", ["--seed", "77"]))
        try #require(other.name != citizen.name && other.residence != citizen.residence)
        await station.removeCard()
        #expect(try await eventually { try await station.client.readers().readers.first?.state == .empty })
        try await station.insertCard(other.directory)
        try await page.openChip(other)
        try await page.lacks(citizen.name)
    }

    private static let phone = "0987654321"
    private static let email = "thi.hoa.dieu@vidu.vn"
    private static let witness = "Điểu Thị Sa Rin"
    private static let witnessNumber = "070180001234"
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
