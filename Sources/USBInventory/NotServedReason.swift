/// Why a reader that is plugged in is not one of the card service's.
package enum NotServedReason: Hashable, Sendable {
    /// The kernel was told not to use it.
    case notAuthorized
    /// The hub has not the power that it asks for.
    case noPower
    /// A kernel driver holds it; its name.
    case kernelDriver(String)
    /// A program holds it that is not the card service.
    case heldByProgram
    /// The node's permissions shut programs out.
    case noPermission
    /// Nothing stands in its way: the card service has no driver for it.
    case noDriver

    /// The first thing in the way, in the order in which they must be put right.
    package init(_ device: USBDevice) {
        if !device.authorized {
            self = .notAuthorized
        } else if !device.configured {
            self = .noPower
        } else if let driver = device.drivers.first(where: { $0 != "usbfs" }) {
            self = .kernelDriver(driver)
        } else if device.drivers.contains("usbfs") {
            self = .heldByProgram
        } else if device.access == .denied {
            self = .noPermission
        } else {
            self = .noDriver
        }
    }
}
