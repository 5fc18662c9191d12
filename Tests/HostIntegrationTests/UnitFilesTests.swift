import Foundation
import StationCore
import Testing

@Suite struct UnitFilesTests {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "systemd")

    /// The assignments of a unit file, in order.
    private func assignments(_ name: String) throws -> [(key: String, value: String)] {
        let text = try String(contentsOf: Self.directory.appending(path: name), encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
            return (String(line[..<equals]), String(line[line.index(after: equals)...]))
        }
    }

    private func value(_ key: String, in name: String) throws -> String {
        let values = try assignments(name).filter { $0.key == key }.map(\.value)
        try #require(values.count == 1, "\(key) of \(name)")
        return values[0]
    }

    @Test(arguments: ["intaked.service", "intake-console.service", "intake-usb@.service"])
    func `what a unit holds reaches no disk unsealed, and it can gain nothing`(unit: String) throws {
        #expect(try value("LimitCORE", in: unit) == "0")
        #expect(try value("MemorySwapMax", in: unit) == "0")
        #expect(try value("CapabilityBoundingSet", in: unit) == "")
        for key in ["NoNewPrivileges", "PrivateTmp", "MemoryDenyWriteExecute", "RestrictNamespaces"] {
            #expect(try value(key, in: unit) == "yes", "\(key)")
        }
        #expect(try value("ProtectSystem", in: unit) == "strict")
        #expect(try value("DevicePolicy", in: unit) == "closed")
    }

    @Test func `the kiosk shows this machine's page and nothing else, and leaves nothing behind`() throws {
        let unit = "intake-kiosk.service"
        for (key, wanted) in [
            ("LimitCORE", "0"), ("MemorySwapMax", "0"), ("CapabilityBoundingSet", ""), ("NoNewPrivileges", "yes"),
            ("PrivateTmp", "yes"), ("ProtectHome", "yes"), ("ProtectSystem", "strict"), ("DevicePolicy", "closed"),
            ("IPAddressDeny", "any"), ("IPAddressAllow", "localhost"), ("User", "intake-kiosk"),
            // Chromium's own sandbox is made of these.
            ("RestrictNamespaces", "user pid net"), ("RuntimeDirectory", "intake-kiosk"), ("Restart", "always"),
        ] {
            #expect(try value(key, in: unit) == wanted, "\(key)")
        }
        // A session of the login manager would move the browser out of the unit's control group, and so past its walls.
        #expect(try assignments(unit).allSatisfy { $0.key != "PAMName" })
        #expect(try value("Group", in: unit) == "intake-kiosk")
        #expect(try !value("SupplementaryGroups", in: unit).contains("intake-operators"))
        let text = try String(contentsOf: Self.directory.appending(path: unit), encoding: .utf8)
        let command = text.replacing("\\\n", with: "").split(separator: "\n").first { $0.hasPrefix("ExecStart=") }
        let words = try #require(command).split(separator: " ")
        let console = try value("ExecStart", in: "intake-console.service")
        let port = try #require(console.firstMatch(of: /--port (\d+)/)).1
        #expect(words.last == "http://127.0.0.1:\(port)/")
        #expect(words.contains("--kiosk") && words.contains("--user-data-dir=/run/intake-kiosk/profile"))
        #expect(!words.contains("--no-sandbox"))
        // The browser's own rules say the same once more: a link or an address leads nowhere else.
        let rules = Self.directory.appending(path: "../config/chromium/intake-kiosk.json").standardized
        let policy = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: rules)) as? [String: Any])
        #expect(policy["URLBlocklist"] as? [String] == ["*"])
        #expect(policy["URLAllowlist"] as? [String] == ["http://127.0.0.1:\(port)"])
        #expect(policy["PasswordManagerEnabled"] as? Bool == false)
        // A camera is the page's alone, and the page asks only where the console says that the desk has one.
        #expect(policy["VideoCaptureAllowed"] as? Bool == false)
        #expect(policy["VideoCaptureAllowedUrls"] as? [String] == ["http://127.0.0.1:\(port)"])
        #expect(try assignments(unit).contains { $0.key == "DeviceAllow" && $0.value == "char-video4linux rw" })
        #expect(!console.contains("--camera"))
    }

    @Test func `only the USB side sees a device, and only USB devices`() throws {
        for unit in ["intaked.service", "intake-console.service"] {
            #expect(try value("PrivateDevices", in: unit) == "yes")
            #expect(try assignments(unit).allSatisfy { $0.key != "DeviceAllow" })
        }
        #expect(try value("DeviceAllow", in: "intake-usb@.service") == "char-usb_device rw")
    }

    // Whoever may connect may reset readers.
    @Test func `nobody but the daemon reaches the USB side`() throws {
        #expect(try value("SocketGroup", in: "intake-usb.socket") == "intake-station")
        #expect(try value("SocketMode", in: "intake-usb.socket") == "0660")
        #expect(try value("Group", in: "intaked.service") == "intake-station")
    }

    @Test(arguments: ["intaked.service", "intake-console.service"])
    func `the service manager waits longer for the end than the process does`(unit: String) throws {
        let seconds = try #require(Int64(try value("TimeoutStopSec", in: unit).dropLast()))
        #expect(Duration.seconds(seconds) > Limits.Process.shutdownDuration)
    }

    // ProtectClock= forbids adjtimex(2) altogether, PrivateUsers= makes every peer nobody, ProcSubset=pid hides the
    // boot id.
    @Test func `the daemon is left what it needs to ask`() throws {
        let keys = Set(try assignments("intaked.service").map(\.key))
        #expect(keys.isDisjoint(with: ["ProtectClock", "PrivateUsers", "ProcSubset"]))
        let filters = try assignments("intaked.service").filter { $0.key == "SystemCallFilter" }.map(\.value)
        #expect(filters.contains("adjtimex clock_adjtime"))
        #expect(try value("Type", in: "intaked.service") == "notify")
        #expect(try value("RestrictAddressFamilies", in: "intaked.service") == "AF_UNIX AF_INET AF_INET6 AF_NETLINK")
    }

    @Test(.enabled(if: access("/usr/bin/systemd-analyze", X_OK) == 0))
    func `systemd understands the units`() throws {
        let scratch = try Scratch()
        var paths: [String] = []
        for name in [
            "intaked.service", "intake-console.service", "intake-kiosk.service", "intake-usb@.service",
            "intake-usb.socket",
        ] {
            let text = try String(contentsOf: Self.directory.appending(path: name), encoding: .utf8)
            // The programs are not installed where the test runs, nor is the seat's service.
            try scratch.file(
                name,
                text.replacing("ExecStart=/usr/bin/", with: "ExecStart=/bin/true ").replacing(
                    "Requires=seatd.service\n", with: ""))
            paths.append("\(scratch.path)/\(name)")
        }
        let verify = Process()
        verify.executableURL = URL(fileURLWithPath: "/usr/bin/systemd-analyze")
        verify.arguments = ["verify"] + paths
        let output = Pipe()
        verify.standardError = output
        verify.standardOutput = output
        try verify.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        verify.waitUntilExit()
        #expect(verify.terminationStatus == 0)
        for name in ["intaked.service", "intake-console.service", "intake-kiosk.service", "intake-usb"] {
            #expect(!said.contains(name), "\(said)")
        }
    }
}
