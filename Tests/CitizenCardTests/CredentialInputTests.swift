import ChipDocument
import CitizenCard
import Foundation
import SeededRandom
import StationCore
import Testing

@Suite struct CredentialInputTests {
    /// A synthetic zone whose check digits were computed apart from this program.
    private static let lines = [
        "IDVNM0990000017001099000001<<8", "9901018M3901016VNM<<<<<<<<<<<4", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
    ]
    private static let old = CitizenQRCodeTests.old
    private static let new = "070205123456|Nguyễn Thị Hường|Nữ|01022005|Ấp 1|05062024|285123456|"

    private func can(_ digits: String) throws -> AccessCredential { try .can(digits: digits) }

    private func failure(_ text: String) -> FailureCode? {
        do throws(Failure) { _ = try CredentialInput(parsing: text) } catch {
            let detail = error.detail ?? ""
            #expect(text.count < 4 || !detail.contains(text), "a failure repeats what was typed")
            return error.code
        }
        return nil
    }

    @Test(arguments: [old, new, "]Q3\(old)", "\u{feff}\(old)\r\n", "\t\(new) "])
    func `the QR code opens by the number's end and says who it is`(text: String) throws {
        let input = try CredentialInput(parsing: text)
        #expect(input.kind == .qrCode && input.number?.digits == "070205123456")
        #expect(input.credentials == [try can("123456")])
        #expect(input.qrCode?.fullName == "Nguyễn Thị Hường")
    }

    @Test(arguments: [old, new])
    func `a QR code in hexadecimal as a whole`(text: String) throws {
        let hex = Hex.text(Array(text.utf8))
        for form in [hex, hex.uppercased(), "]Q1" + hex + "\n"] {
            let input = try CredentialInput(parsing: form)
            #expect(try input.kind == .qrCode && input.qrCode == CitizenQRCode(parsing: text))
        }
    }

    @Test(arguments: ["001099000001", "001 099 000 001", " 001.099.000.001\n", "001-099-000001", "001\u{a0}099000001"])
    func `the number, however people group it`(text: String) throws {
        let input = try CredentialInput(parsing: text)
        #expect(input.kind == .personalNumber && input.number?.digits == "001099000001" && input.qrCode == nil)
        #expect(input.credentials == [try can("000001")])
    }

    @Test(arguments: ["000001", " 000 001", "000001\r"])
    func `the access number`(text: String) throws {
        let input = try CredentialInput(parsing: text)
        #expect(input.kind == .cardAccessNumber && input.number == nil)
        #expect(input.credentials == [try can("000001")])
    }

    @Test(arguments: [
        lines.joined(), lines.joined(separator: "\n"), lines.joined(separator: "\r\n") + "\r\n",
        lines.joined(separator: " ").lowercased(),
    ])
    func `the zone gives two keys, the access number first`(text: String) throws {
        let input = try CredentialInput(parsing: text)
        #expect(input.kind == .machineReadableZone && input.number?.digits == "001099000001")
        let zone = try AccessCredential.mrz(documentNumber: "099000001", birth: "990101", expiry: "390101")
        #expect(input.credentials == [try can("000001"), zone])
        guard case .mrz(let information) = zone else { return }
        #expect(information.unredacted == "099000001799010183901016")
    }

    @Test func `no expiry goes into the key as it is printed`() throws {
        let text = Self.lines[0] + "9901018M9912315VNM<<<<<<<<<<<4" + Self.lines[2]
        let input = try CredentialInput(parsing: text)
        #expect(
            input.credentials.last
                == (try AccessCredential.mrz(documentNumber: "099000001", birth: "990101", expiry: "991231")))
    }

    @Test(arguments: [
        // Nine digits: the old identity card, in every grouping.
        ("285123456", FailureCode.idCardOld), ("285 123 456", .idCardOld), ("]Q1285123456", .idCardOld),
        // Health insurance: the printed number, and the code of either generation.
        ("HS4010123456789", .healthInsuranceCard), ("dn 4 01 0123456789", .healthInsuranceCard),
        ("HS4010123456789|4e677579|01/02/2005|2|Xã|75 - 001|-|01/01/2021|-|0123|4|$", .healthInsuranceCard),
        ("0123456789|Nguyễn|01/02/2005|1|Xã", .healthInsuranceCard),
        // A passport and an identity card of other states; a passport of this one.
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            .cardForeign
        ),
        ("I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<", .cardForeign),
        ("IDTHA0990000017001099000001<<89901018M3901016VNM<<<<<<<<<<<4NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<", .cardForeign),
        (
            "P<VNMNGUYEN<<VAN<A<<<<<<<<<<<<<<<<<<<<<<<<<<C123456788VNM9901018M3101012<<<<<<<<<<<<<<<0",
            .cardUnsupported
        ),
        // Mistyped, incomplete, or nothing of ours.
        (
            "IDVNM0990000017001099000001<<89901018M3901016VNM<<<<<<<<<<<5NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
            .credentialInvalid
        ),
        (
            "IDVNM0990000017001099000001<<89913013M3901016VNM<<<<<<<<<<<2NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
            .credentialInvalid
        ),
        (lines[0] + lines[1], .credentialInvalid), ("IDVNM<", .credentialInvalid),
        ("", .credentialInvalid), (" \r\n", .credentialInvalid), ("12345", .credentialInvalid),
        ("0912345678", .credentialInvalid), ("0010990000012", .credentialInvalid), ("...", .credentialInvalid),
        ("٠٠١٠٩٩٠٠٠٠٠١", .credentialInvalid), ("https://vneid.gov.vn/", .credentialInvalid), ("|", .credentialInvalid),
        ("070205123456|", .credentialInvalid), ("Nguyễn Văn A", .credentialInvalid), ("]Q1", .credentialInvalid),
        ("4e6775", .credentialInvalid),
    ])
    func `everything else has its own answer`(text: String, code: FailureCode) { #expect(failure(text) == code) }

    @Test func `too long is refused before it is looked at`() {
        #expect(failure(String(repeating: "1", count: Limits.Citizen.qrBytes + 1)) == .credentialInvalid)
        #expect(failure(Self.old + String(repeating: " ", count: Limits.Citizen.qrBytes)) == .credentialInvalid)
    }

    @Test func `it never prints`() throws {
        for text in [Self.old, Self.lines.joined(), "001099000001", "000001"] {
            let input = try CredentialInput(parsing: text)
            var dumped = ""
            dump(input, to: &dumped)
            dump(input.qrCode as Any, to: &dumped)
            for said in ["\(input)", String(reflecting: input), "\(input.qrCode as Any)", dumped] {
                #expect(!said.contains("Hường") && !said.contains("000001") && !said.contains("070205123456"))
            }
        }
    }

    /// Whatever the bytes: a ladder that follows from the number, or one of five named refusals.
    @Test func `mutated texts give a ladder or a named refusal`() {
        let seeds = [Self.old, Self.new, Self.lines.joined(separator: "\n"), "001099000001", "000001", "285123456"]
        let expected: Set<FailureCode> = [
            .idCardOld, .healthInsuranceCard, .cardForeign, .cardUnsupported, .credentialInvalid,
        ]
        var generator = SeededGenerator(seed: 20_240_701)
        var refused = 0
        let rounds = 60_000
        for round in 0..<rounds {
            let bytes = generator.mutated(Array(seeds[round % seeds.count].utf8))
            let text = String(decoding: bytes, as: UTF8.self)
            do throws(Failure) {
                let input = try CredentialInput(parsing: text)
                #expect(input.credentials.count == (input.kind == .machineReadableZone ? 2 : 1))
                #expect(Set(input.credentials).count == input.credentials.count)
                if let number = input.number {
                    #expect(input.credentials.first == (try? AccessCredential.can(digits: number.cardAccessNumber)))
                }
                #expect((input.qrCode != nil) == (input.kind == .qrCode))
            } catch {
                refused += 1
                #expect(expected.contains(error.code))
            }
        }
        #expect(refused > 5_000 && refused < rounds - 5_000)
    }
}
