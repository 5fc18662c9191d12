import Glibc
import StationCore
import USBInventory

/// What the kernel already knows of a device (sysfs-bus-usb): nothing here asks the device itself, so a wedged one
/// answers too.
struct SysfsDevice {
    private let directory: String

    init(_ port: USBPort) { directory = "/sys/bus/usb/devices/\(port)" }

    /// A text of the device, read by the kernel when it was plugged in. Nil when absent, too long or no text.
    func text(_ attribute: String) -> String? {
        guard let bytes = Self.read("\(directory)/\(attribute)") else { return nil }
        let trimmed = bytes.last == 0x0a ? bytes.dropLast() : bytes[...]
        guard !trimmed.isEmpty, trimmed.count <= Limits.USB.textBytes,
            let text = String(validating: trimmed, as: UTF8.self),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        return text
    }

    /// Whether the kernel lets the device be used; a kernel that does not say so has no such rule.
    var isAuthorized: Bool { text("authorized") != "0" }

    /// The driver that is bound to an interface.
    func driver(configuration: UInt8, interface: UInt8) -> String? {
        let name = directory.split(separator: "/").last.map(String.init) ?? ""
        let link = "\(directory)/\(name):\(configuration).\(interface)/driver"
        var target = [UInt8](repeating: 0, count: 1_024)
        let count = unsafe target.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            return unsafe readlink(link, start.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        guard count > 0, let path = String(validating: target.prefix(count), as: UTF8.self),
            let driver = path.split(separator: "/").last, driver.utf8.count <= Limits.USB.textBytes
        else { return nil }
        return String(driver)
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Limits.USB.textBytes + 2)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }
}
