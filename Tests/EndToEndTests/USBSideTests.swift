import Foundation
import MockReaders
import StationAPI
import StationBench
import StationCore
import Testing

/// The daemon with the real `intake-usb` on a tree of umockdev, handed over as systemd does it.
@Suite(.serialized) struct USBSideTests {
    @Test func whatIsPluggedInAndNotServedIsNamedWithItsRemedy() async throws {
        try await withStation { station, run, _ in
            await station.stopDaemon()
            let reader = MockReader(port: 3, serial: "ACR-1", driver: "pn533_usb")
            let service = try MockUSBService(
                program: try BuiltExecutables.path("intake-usb"), path: station.layout.runtime + "/usb.sock",
                tree: MockReader.hub + reader.description)
            defer { service.end() }
            try await station.startDaemon(environment: ["LOCAL_USB_SOCKET": service.path])
            try await run.waitForReaders { $0.notServed?.isEmpty == false }
            let list = try await station.client.readers()
            let unserved = try #require(list.notServed?.first)
            #expect(unserved.usb.port == "1-3" && unserved.usb.serial == "ACR-1" && unserved.usb.vendor == "072f")
            #expect(unserved.problem.code == FailureCode.readerKernelDriver.rawValue)
            // The virtual readers are there as before; none of them is on the tree.
            #expect(list.readers.contains { $0.name == station.readerName && $0.usb == nil })
            let told = try await station.control(["readers"]).output.joined(separator: "\n")
            #expect(told.contains("1-3  072f:2200  ACR-1") && told.contains("blacklist pn533_usb"), "\(told)")
            let json = try await station.control(["readers", "--json"]).output.joined()
            #expect(json.contains(#""code":"reader-kernel-driver""#), "\(json)")
        }
    }

    @Test func aMachineWhoseOnlyReaderIsNotServedSaysWhy() async throws {
        try await withStation { station, run, _ in
            await station.stopDaemon()
            await station.cardService.kill()
            try await station.cardService.start(withReaders: false)
            let service = try MockUSBService(
                program: try BuiltExecutables.path("intake-usb"), path: station.layout.runtime + "/usb.sock",
                tree: MockReader.hub + MockReader(configured: false).description)
            defer { service.end() }
            try await station.startDaemon(environment: ["LOCAL_USB_SOCKET": service.path])
            try await run.waitForStatus { status in
                status.problems.contains { $0.code == FailureCode.readerNoPower.rawValue }
            }
            let problems = try await station.client.status().problems.map(\.code)
            #expect(!problems.contains(FailureCode.readerNone.rawValue))
            let control = try await station.control(["readers"])
            #expect(control.status == .exited(2) && control.output.contains { $0.contains("[reader-no-power]") })
        }
    }

    @Test func aRefusalOfLongCommandsIsNotTriedAgain() async throws {
        try await withStation { station, run, citizen in
            let first = try await station.read(citizen, run, arguments: ["--fault", "short-length-only"])
            let second = try await station.read(citizen, run, arguments: ["--fault", "short-length-only"])
            #expect(first.state == .finished && second.state == .finished)
            #expect(second.cost.apdus < first.cost.apdus, "\(first.cost.apdus), \(second.cost.apdus)")
            await station.stopDaemon()
            try await station.startDaemon()
            let third = try await station.read(citizen, run, arguments: ["--fault", "short-length-only"])
            #expect(third.cost.apdus == second.cost.apdus)
        }
    }
}
