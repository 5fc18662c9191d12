import Foundation
import StoreMeasurement
import Testing

struct SaveMeasurementTests {
    /// Prints, asserts no time: figures are for people and for the benchmark.
    @Test func `A save is measured beside one fdatasync of the same bytes`() async throws {
        let fixture = try StoreFixture()
        let measurement = try await SaveMeasurement.run(directory: fixture.directory, count: 60, bytes: 40_000)
        print("measured: \(measurement.text)")
        #expect(measurement.saves.count == 60 && measurement.appends.count == 60)
        #expect(SaveMeasurement.percentile([1, 2, 3, 4], 50) == 2)
    }
}
