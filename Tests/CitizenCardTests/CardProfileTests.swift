import ChipDocument
import CitizenCard
import StationCore
import Testing

@Suite struct CardProfileTests {
    @Test(arguments: [
        ("2020-12-31", nil), ("2021-01-01", "VNM-2021"), ("2024-06-30", "VNM-2021"), ("2024-07-01", "VNM-2024"),
        ("2031-01-01", "VNM-2024"),
    ])
    func `the issue date tells the series`(day: String, name: String?) {
        #expect(CardProfile.series(issuedOn: CivilDate(text: day))?.name == name)
    }

    @Test func `without an issue date nobody knows the series`() {
        #expect(CardProfile.series(issuedOn: nil)?.name == nil)
    }

    /// A read starts before anything tells the series: it must assume the same of each.
    @Test func `every series is opened and understood alike`() throws {
        #expect(CardProfile.all.map(\.name) == ["VNM-2021", "VNM-2024"])
        for profile in CardProfile.all {
            #expect(profile.document.cardAccess == CardProfile.vnm2021.cardAccess)
            #expect(profile.issuingState == "VNM" && profile.unlimitedExpiry == "991231")
            #expect(profile.identityFiles == CardProfile.vnm2021.identityFiles && profile.portraitFile == .dg2)
            let infos = try SecurityInfos(profile.cardAccess)
            #expect(infos.pace.count == 1)
        }
    }
}
