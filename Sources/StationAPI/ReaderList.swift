/// Answer of `GET /v1/readers`.
public struct ReaderList: Codable, Hashable, Sendable {
    /// Whether the card service (pcscd) answers.
    public let serviceRunning: Bool
    /// The readers present, in the card service's order.
    public let readers: [ReaderReport]
    /// Readers that are plugged in and not served, with the reason; nil while nothing is known of USB.
    public let notServed: [UnservedReader]?

    /// Makes a list.
    public init(serviceRunning: Bool, readers: [ReaderReport], notServed: [UnservedReader]? = nil) {
        self.serviceRunning = serviceRunning
        self.readers = readers
        self.notServed = notServed
    }
}

/// One reader and what lies on it.
public struct ReaderReport: Codable, Hashable, Sendable {
    /// What the reader holds.
    public enum State: String, Codable, Sendable, CaseIterable {
        /// No card.
        case empty
        /// A card that nobody reads.
        case card
        /// A card that the station is reading.
        case reading
        /// A card that does not answer, or a reader with a fault.
        case mute
    }

    /// The reader's id in paths: lower-case letters, digits and hyphens.
    public let id: String
    /// The card service's name for it.
    public let name: String
    /// What it holds.
    public let state: State
    /// Counts insertions, so that a card event belongs to one card; 0 before the first.
    public let insertion: Int
    /// The read that runs or last ran on this insertion.
    public let readId: String?
    /// What USB knows of it; nil for a reader that is not found there.
    public let usb: USBPlace?

    /// Makes a report.
    public init(id: String, name: String, state: State, insertion: Int, readId: String?, usb: USBPlace? = nil) {
        self.id = id
        self.name = name
        self.state = state
        self.insertion = insertion
        self.readId = readId
        self.usb = usb
    }
}

/// A reader on the USB tree.
public struct USBPlace: Codable, Hashable, Sendable {
    /// Where it is plugged in: bus, then the port of every hub on the way, such as `1-2.3`.
    public let port: String
    /// idVendor, four hexadecimal digits.
    public let vendor: String
    /// idProduct, four hexadecimal digits.
    public let product: String
    /// The manufacturer's name, as the device has it.
    public let manufacturer: String?
    /// The product's name, as the device has it.
    public let productName: String?
    /// The device's serial number; many have none.
    public let serial: String?

    /// Makes a place.
    public init(
        port: String, vendor: String, product: String, manufacturer: String?, productName: String?, serial: String?
    ) {
        self.port = port
        self.vendor = vendor
        self.product = product
        self.manufacturer = manufacturer
        self.productName = productName
        self.serial = serial
    }
}

/// A reader that is plugged in and not served.
public struct UnservedReader: Codable, Hashable, Sendable {
    /// Which it is.
    public let usb: USBPlace
    /// Why it is not served, and what to do.
    public let problem: Problem

    /// Makes a report.
    public init(usb: USBPlace, problem: Problem) {
        self.usb = usb
        self.problem = problem
    }
}
