package import StationCore

/// An operator's sign-in name: 1 to 64 of `a-z`, `0-9`, `.`, `-`, beginning with a letter. It stands in the audit, so it is
/// a name for the station and no citizen's.
package struct OperatorID: Hashable, Sendable {
    /// The name.
    package let text: String

    /// Nil for anything else.
    package init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, (1...64).contains(text.utf8.count), text.first?.isLetter == true else { return nil }
        self.text = text
    }

    /// The person of an actor as the audit has it (`op:lan`); nil for who is none.
    package init?(actor: WireName) {
        guard actor.text.hasPrefix("op:") else { return nil }
        self.init(String(actor.text.dropFirst(3)))
    }

    /// As the audit's rows name the person: `op:` and the sign-in name.
    package var actor: WireName {
        guard let name = WireName("op:\(text)") else { preconditionFailure("every sign-in name is in the alphabet") }
        return name
    }
}
