import Foundation
import Logging
import PCSCReaders
import StationAPI
import StationCore
import Synchronization
import Testing
import USBInventory

@testable import IntakeStation

@Suite struct ReaderDirectoryTests {
    /// A card service that tells channels by name, and the test's own time.
    private final class Service: Sendable {
        let elapsed = Mutex(Duration.seconds(1_000))
        let channels = Mutex<[String: UInt32]>([:])
        let asked = Mutex<[String]>([])

        func directory(_ state: String) -> ReaderDirectory {
            ReaderDirectory(stateDirectory: state, clock: Clock(service: self), logger: Logger(label: "test")) { name in
                self.asked.withLock { $0.append(name) }
                let channel = self.channels.withLock { $0[name] }
                return ReaderIdentity(channel: channel, vendor: nil, product: nil, serial: nil)
            }
        }
    }

    private struct Clock: StationClock {
        let service: Service
        var now: Timestamp { SystemClock().now }
        var elapsed: Duration { service.elapsed.withLock { $0 } }
        var quality: ClockQuality { .unsynchronized }
        func sleep(for duration: Duration) async throws { try await ContinuousClock().sleep(for: duration) }
    }

    private let service = Service()
    private let state = FileManager.default.temporaryDirectory.appending(path: "readers-\(UUID().uuidString)").path

    private func device(_ port: String, _ address: Int, drivers: [String] = ["usbfs"]) -> USBDevice {
        USBDevice(
            port: USBPort(port)!, bus: 1, address: address, vendor: USBNumber(0x072f), product: USBNumber(0x2200),
            drivers: drivers)
    }

    private func withState(_ body: () async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        try await body()
        try FileManager.default.removeItem(atPath: state)
    }

    @Test func `a desk keeps its reader over a reboot that swaps twins`() async throws {
        try await withState {
            service.channels.withLock { $0 = ["A 00 00": 0x0020_0105, "A 01 00": 0x0020_0106] }
            let before = service.directory(state)
            await before.take(devices: [device("1-1", 5), device("1-2", 6)]) { _ in false }
            await before.awaitFirstWord()
            await before.take(readers: ["A 00 00", "A 01 00"])
            let desk = before.id(of: "A 00 00")
            #expect(before.place(of: "A 00 00")?.port == "1-1" && before.port(of: "A 01 00") == USBPort("1-2"))

            service.channels.withLock { $0 = ["A 00 00": 0x0020_0103, "A 01 00": 0x0020_0104] }
            let after = service.directory(state)
            await after.take(devices: [device("1-2", 3), device("1-1", 4)]) { _ in false }
            await after.take(readers: ["A 00 00", "A 01 00"])
            #expect(after.name(of: desk) == "A 01 00")
        }
    }

    @Test func `a reader is asked once, and again when it was plugged in anew`() async throws {
        try await withState {
            service.channels.withLock { $0 = ["A 00 00": 0x0020_0105] }
            let directory = service.directory(state)
            await directory.take(readers: ["A 00 00"])
            await directory.take(readers: ["A 00 00"])
            await directory.take(devices: [device("1-1", 5)]) { _ in false }
            #expect(service.asked.withLock { $0.count } == 1)
            service.channels.withLock { $0 = ["A 00 00": 0x0020_0107] }
            // One that is being read on is left alone.
            await directory.take(devices: [device("1-1", 7)]) { _ in true }
            #expect(directory.place(of: "A 00 00") == nil)
            await directory.take(devices: [device("1-1", 7)]) { _ in false }
            #expect(directory.place(of: "A 00 00")?.port == "1-1")
            #expect(service.asked.withLock { $0.count } == 2)
        }
    }

    @Test func `what is plugged in and not served is named with its remedy`() async throws {
        try await withState {
            let directory = service.directory(state)
            #expect(directory.notServed(serviceRunning: true) == nil)
            await directory.take(devices: [device("1-1", 5, drivers: ["pn533_usb"])]) { _ in false }
            // The card service may still be on its way to it.
            #expect(directory.notServed(serviceRunning: true) == [] && directory.isSettling)
            service.elapsed.withLock { $0 += Limits.USB.settleDuration }
            #expect(directory.notServed(serviceRunning: false) == nil && !directory.isSettling)
            let unserved = try #require(directory.notServed(serviceRunning: true)?.first)
            #expect(unserved.usb.port == "1-1" && unserved.usb.vendor == "072f")
            #expect(unserved.problem.code == "reader-kernel-driver" && unserved.problem.detail == "pn533_usb")
            #expect(unserved.problem.remedy.contains("blacklist pn533_usb"))
            // One that is served is none of them.
            service.channels.withLock { $0 = ["A 00 00": 0x0020_0105] }
            await directory.take(readers: ["A 00 00"])
            #expect(directory.notServed(serviceRunning: true) == [])
            await directory.take(devices: nil) { _ in false }
            #expect(directory.notServed(serviceRunning: true) == nil)
        }
    }

    @Test func `each thing in the way of a reader has its own code`() async throws {
        func reader(_ drivers: [String], authorized: Bool = true, configured: Bool = true, open: Bool = true)
            -> USBDevice
        {
            USBDevice(
                port: USBPort("1-1")!, bus: 1, address: 5, vendor: USBNumber(0x072f), product: USBNumber(0x2200),
                authorized: authorized, configured: configured, drivers: drivers, access: open ? .granted : .denied)
        }
        let cases: [(USBDevice, FailureCode)] = [
            (reader([], authorized: false), .readerNotAuthorized), (reader([], configured: false), .readerNoPower),
            (reader(["pn533_usb"]), .readerKernelDriver), (reader(["usbfs"]), .readerHeld),
            (reader([], open: false), .readerNoAccess), (reader([]), .readerDriverMissing),
        ]
        try await withState {
            for (device, code) in cases {
                let directory = service.directory(state)
                await directory.take(devices: [device]) { _ in false }
                service.elapsed.withLock { $0 += Limits.USB.settleDuration }
                #expect(directory.notServed(serviceRunning: true)?.map(\.problem.code) == [code.rawValue])
            }
        }
    }

    @Test func `a file that cannot be read is as good as none`() async throws {
        try await withState {
            for content in ["", "{", #"{"version":2,"content":[]}"#, #"{"version":1,"content":[{"key":1}]}"#] {
                try Data(content.utf8).write(to: URL(fileURLWithPath: state + "/readers.json"))
                let directory = service.directory(state)
                await directory.take(readers: ["A 00 00"])
                #expect(directory.id(of: "A 00 00") == "a-00-00")
            }
        }
    }
}
