import Simulation
import Testing

@Suite struct SimulationTests {
    @Test func placeholder() {}
}
