import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// A client certificate that runs out is replaced under the running daemon: written beside the old files, taken at SIGHUP,
/// and upstream sees the new one's serial number from the next connection on.
@Suite(.serialized) struct RenewalTests {
    @Test func aRenewedCertificateOfTheSameKeyIsTakenWithoutARestart() async throws {
        try await withStation { station, run, citizen in
            let daemon = try #require(await station.runningDaemon)
            let before = try await station.sendOne(citizen, run)
            let renewed = try await station.renew(newKey: false)
            #expect(renewed.key == nil && renewed.serial != before)
            // Still the old one: a file alone changes nothing.
            #expect(try await station.sendOne(citizen, run) == before)

            // The new file stays beside the old one, and the configuration names it.
            let text = try String(contentsOfFile: station.configurationPath, encoding: .utf8)
            let old = station.layout.upstream + "/stations/" + BenchStation.stationID + "/client.pem"
            #expect(text.contains(old))
            try text.replacingOccurrences(of: old, with: renewed.certificate)
                .write(toFile: station.configurationPath, atomically: true, encoding: .utf8)
            try await station.reload(daemon)
            #expect(try await station.sendOne(citizen, run) == renewed.serial)
            #expect(await station.runningDaemon?.processID == daemon.processID)
        }
    }

    @Test func aRenewedCertificateOfANewKeyIsTakenWithoutARestart() async throws {
        try await withStation { station, run, citizen in
            let daemon = try #require(await station.runningDaemon)
            let before = try await station.sendOne(citizen, run)
            let renewed = try await station.renew(newKey: true)
            let key = try #require(renewed.key)
            let enrolment = station.layout.upstream + "/stations/" + BenchStation.stationID
            // Each file is renamed over the old one. Between the two renames the pair does not match: a reload there
            // changes nothing, and the old pair goes on.
            try FileManager.default.rename(renewed.certificate, over: enrolment + "/client.pem")
            daemon.send(signal: SIGHUP)
            _ = try await daemon.firstLine { $0.text.contains("configuration unchanged") }
            #expect(try await station.sendOne(citizen, run) == before)
            try FileManager.default.rename(key, over: station.layout.credentials + "/client.key")
            try await station.reload(daemon)
            #expect(try await station.sendOne(citizen, run) == renewed.serial)
            #expect(try await station.held().items.count == 3)
        }
    }
}

extension FileManager {
    fileprivate func rename(_ path: String, over other: String) throws {
        guard Foundation.rename(path, other) == 0 else { throw Failure(.diskWriteFailed, "\(path): errno \(errno)") }
    }
}

extension BenchStation {
    /// Takes one application in and has it accepted; returns the serial number of the certificate that its batch came with.
    fileprivate func sendOne(_ citizen: Citizen, _ run: IntakeRun) async throws -> String {
        let read = try await read(citizen, run)
        try await run.forget(citizen.number)
        let saved = try await run.submit(read: read, phone: "0912345678")
        _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        let upstream = try #require(runningUpstream)
        let last = try #require(upstream.lines.last { $0.text.contains("certificate=") }).text
        let serial = last.split(separator: " ").first { $0.hasPrefix("certificate=") }
        return String(try #require(serial).dropFirst("certificate=".count))
    }

    /// Has upstream's authority issue another certificate.
    fileprivate func renew(newKey: Bool) async throws -> (certificate: String, key: String?, serial: String) {
        let output = try await upstreamCommand(
            ["renew"], ["--station", BenchStation.stationID] + (newKey ? ["--new-key"] : []))
        #expect(output.status == .exited(0), "\(output)")
        let words = output.output.map { $0.split(separator: " ").map(String.init) }
        let certificate = try #require(words.first { $0.first == "certificate" && $0.count == 3 })
        return (certificate[1], words.first { $0.first == "key" }?.last, certificate[2])
    }

    fileprivate nonisolated func reload(_ daemon: ManagedProcess) async throws {
        daemon.send(signal: SIGHUP)
        _ = try await daemon.firstLine { $0.text.contains("configuration reloaded") }
    }
}
