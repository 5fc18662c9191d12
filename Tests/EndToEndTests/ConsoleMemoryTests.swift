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
    @Test(arguments: ["sign-out", "idle lock", "next card", "save and next card"])
    func nothingOfTheCitizenStaysInTheConsole(end: String) async throws {
        let settings = end == "idle lock" ? "people:\n  idleSeconds: 20" : ""
        try await withDesk(settings: settings) { station, page, citizen in
            let console = try #require(await station.runningConsole)
            let memory = ProcessMemory(
                process: console.processID,
                search: CanarySearch([citizen.number, citizen.name, citizen.residence, Self.phone, Self.control]))
            // The control: what was just sent to nobody stands in a header of a request that is still open.
            let open = try OpenRequest(page.address, header: Self.control)
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.phone(Self.phone)
            let during = try memory.findings()
            #expect(during.contains { $0.canary == 4 }, "the search does not find what is there")
            open.close()
            print("DURING", during.map(\.description).sorted())
            switch end {
            case "sign-out":
                try await page.click("sign-out")
                try await page.shows("Đã đăng xuất")
            case "idle lock":
                try await page.shows("khóa vì không có thao tác")
            case "next card":
                try await Self.next(station, page)
            default:
                try await page.consent()
                _ = try await page.save()
                try await Self.next(station, page)
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
    private static let control = "canary-of-the-search-8842"

    private static func next(_ station: BenchStation, _ page: DeskPage) async throws {
        let other = try await station.issueCard("other", ["--seed", "77"])
        await station.removeCard()
        try await station.insertCard(other)
        try await page.focus(on: "credential")
    }
}

/// The writable memory of another process, read as a debugger reads it.
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
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words[1].hasPrefix("rw") else { continue }
            let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
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

/// A request that never ends, with a header that has to lie in the memory of whoever waits for the rest.
private final class OpenRequest {
    private let descriptor: Int32

    init(_ address: String, header: String) throws {
        let port = try #require(URL(string: address)?.port)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = UInt16(port).bigEndian
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
        let head = "GET /api/status HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nX-Control: \(header)\r\n"
        let sent = head.withCString { send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        try #require(sent == head.utf8.count)
    }

    func close() { Glibc.close(descriptor) }
}
