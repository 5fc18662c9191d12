// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import CitizenCard
import StationCore

@testable import VirtualCard

/// Cards for these tests, made once: a new one costs an RSA key.
enum TestCards {
    static let today = CivilDate(text: "2026-06-01")!
    static let person = try! SyntheticPerson(seed: 1, today: today)
    static let authority = try! NationalAuthority(random: SystemRandomSource())
    static let issuer = CardIssuer(authority: authority)
    static let image = try! issuer.issue(person)

    static func applet(_ faults: Set<Fault> = []) -> CardApplet {
        var image = image
        image.faults = faults
        return CardApplet(image: image)
    }
}
