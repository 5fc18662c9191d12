import ChipDocument
import CitizenCard
import Foundation
import StationBench
import StationCore
import Synchronization
import VirtualCard

#if canImport(Glibc)
import Glibc
#endif

/// Reads of a card in this process's memory: what the reading itself costs, without reader, service and socket.
struct EngineBenchmark {
    let card: String
    /// How many reads in a row; memory is looked at after the first tenth and at the end.
    let reads: Int

    func figures() async throws -> [Figure] {
        let image = try CardDirectory(path: card).image()
        let anchors = try TrustAnchors(Array(Data(contentsOf: URL(fileURLWithPath: card + "/csca.pem"))))
        let whole = try await read(image, anchors, ReadPlan.everything, .extended)
        let files = whole.reading.files.values.reduce(0) { $0 + $1.count }
        let moved = whole.reading.statistics.commandBytes + whole.reading.statistics.responseBytes
        let identity = try await read(image, anchors, ReadPlan.identity, .extended)
        let short = try await read(image, anchors, ReadPlan.identity, .short)
        var cpu: [Double] = []
        var first = 0
        for index in 0..<reads {
            cpu.append(try await read(image, anchors, ReadPlan.everything, .extended).ownCPU)
            if index == reads / 10 { first = residentBytes() }
        }
        return [
            Figure(
                "read.identity.apdus.extended", Double(identity.reading.statistics.apdus), "APDUs", peer: ("limit", 20)),
            Figure("read.identity.apdus.short", Double(short.reading.statistics.apdus), "APDUs", peer: ("limit", 36)),
            Figure("read.full.apdus.extended", Double(whole.reading.statistics.apdus), "APDUs", peer: ("limit", 26)),
            Figure("read.full.bytes.extended", Double(moved), "bytes", peer: ("bytes of the files", Double(files))),
            Figure("read.full.ownCPU", Sample(cpu).percentile(50), "ms CPU", peer: ("limit", 25)),
            Figure(
                "read.memoryGrowth", Double(residentBytes() - first) / 1_048_576, "MiB after \(reads)",
                peer: ("limit", 2)),
        ]
    }

    private func read(
        _ image: CardImage, _ anchors: TrustAnchors, _ files: Set<FileIdentifier>, _ capabilities: ChannelCapabilities
    ) async throws -> (reading: DocumentReading, ownCPU: Double) {
        let channel = CPUMeter(InMemoryCardChannel(CardApplet(image: image), capabilities: capabilities))
        let plan = ReadPlan(files: files, profile: CardProfile.vnm2021.document)
        let start = processCPU()
        let reading = try await DocumentReader(plan: plan, anchors: anchors, clock: SystemClock())
            .read(from: channel, credential: .can(image.cardAccessNumber))
        // Of the text alone active authentication is left out; all else must hold.
        let open = reading.findings.filter { $0.verdict != .passed && $0.check != "activeAuthentication" }
        guard open.isEmpty else { throw Failure(.internalFault, "the card did not pass: \(open)") }
        return (reading, processCPU() - start - channel.inCard)
    }

    private func residentBytes() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Takes the card's own work out of the processor time.
private final class CPUMeter: CardChannel {
    private let channel: InMemoryCardChannel
    private let spent = Mutex(0.0)

    init(_ channel: InMemoryCardChannel) { self.channel = channel }

    var inCard: Double { spent.withLock { $0 } }
    var capabilities: ChannelCapabilities { channel.capabilities }

    func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
        let start = processCPU()
        defer {
            let used = processCPU() - start
            spent.withLock { $0 += used }
        }
        return try await channel.transmit(command)
    }
}

/// Milliseconds of processor time that this process has used.
private func processCPU() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
}
