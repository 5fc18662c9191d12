package import StationCore

/// One line that `intake-usb` writes: every reader on the tree, or the outcome of a reset.
package struct USBMessage: Codable, Hashable, Sendable {
    /// The whole inventory, in the order of the ports' names; nil in an answer.
    package let devices: [USBDevice]?
    /// The outcome of a reset; nil in an inventory.
    package let reset: ResetAnswer?

    /// An inventory.
    package init(devices: [USBDevice]) {
        self.devices = devices
        reset = nil
    }

    /// An answer.
    package init(reset: ResetAnswer) {
        devices = nil
        self.reset = reset
    }

    /// Parses one line without its line feed. Throws `requestMalformed`.
    package init(line: [UInt8]) throws(Failure) {
        guard line.count <= Limits.USB.lineBytes, let message = try? StrictJSON.decode(USBMessage.self, from: line),
            (message.devices == nil) != (message.reset == nil),
            message.devices.map({ $0.count <= Limits.USB.devices && $0.allSatisfy(\.isPlausible) }) != false
        else { throw Failure(.requestMalformed, "a line of intake-usb") }
        self = message
    }
}

/// What came of a reset.
package struct ResetAnswer: Codable, Hashable, Sendable {
    /// How it ended.
    package enum Outcome: String, Codable, Sendable {
        /// The device was reset, and is the same as before.
        case done
        /// The device was reset and comes back as another one.
        case returning
        /// Resetting is not allowed here.
        case notAllowed
        /// No reader is plugged in there.
        case unknownPort
        /// The node's permissions shut us out.
        case noPermission
        /// The host or the device failed; `detail` says how.
        case failed
    }

    /// The port as it was asked for; nil when it was none.
    package let port: USBPort?
    /// How it ended.
    package let outcome: Outcome
    /// libusb's name of the fault.
    package let detail: String?

    /// Makes an answer.
    package init(port: USBPort?, outcome: Outcome, detail: String? = nil) {
        self.port = port
        self.outcome = outcome
        self.detail = detail
    }
}

extension USBDevice {
    /// Whether numbers and texts keep to their bounds.
    var isPlausible: Bool {
        let texts = [manufacturer, productName, serial].compactMap { $0 } + drivers
        return (1...255).contains(bus) && (1...255).contains(address) && drivers.count <= Limits.USB.interfaces
            && texts.allSatisfy { $0.utf8.count <= Limits.USB.textBytes }
    }
}
