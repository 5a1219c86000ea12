// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import Glibc
import Testing

/// What the machine makes of outages with more than one cause, and of devices that come back
/// different.
@Suite struct OutageTests {
  typealias Simulation = CaptureMachineTests.Simulation

  /// Loses the device and opens it again `seconds` later, with another claimed and real rate.
  private func reopen(_ simulation: inout Simulation, after seconds: Double, rate: Int) {
    _ = simulation.machine.failed(code: ENODEV, at: simulation.moment)
    simulation.machine.closed(at: simulation.moment)
    simulation.now += seconds
    _ = simulation.machine.tick(at: simulation.moment)
    simulation.machine.opened(rate: rate, at: simulation.moment)
    simulation.rate = Double(rate)
    simulation.waiting = 0
  }

  @Test func `a device that comes back with another claimed rate is taken at that rate`() throws {
    var simulation = Simulation()
    simulation.run(seconds: 5)
    reopen(&simulation, after: 2, rate: 48_000)
    #expect(simulation.machine.streamRate == 48_000)
    simulation.run(seconds: 20)
    let gap = try #require(simulation.gaps.first)
    #expect(simulation.gaps.count == 1)
    #expect(abs(gap.frameCount - 2 * 48_000) < 4800)
    #expect(simulation.rates.isEmpty)
    #expect(!simulation.incidents.contains { $0.fault == .wrongRate })
  }

  @Test func `another claimed rate ends what was known of the old one`() {
    var simulation = Simulation(rate: 12_000)
    simulation.run(seconds: 20)
    reopen(&simulation, after: 2, rate: 48_000)
    simulation.run(seconds: 20)
    #expect(simulation.machine.streamRate == 48_000)
    #expect(
      simulation.incidents.filter { $0.fault == .wrongRate }.map(\.phase) == [.began, .ended])
    #expect(simulation.rates == [12_000])
  }

  @Test func `a server that hangs while opening is told, and its answer still taken`() {
    var machine = CaptureMachine(configuration: MicrophoneConfiguration())
    #expect(machine.tick(at: CaptureMachine.Moment(seconds: 1)) == .open)
    #expect(machine.tick(at: CaptureMachine.Moment(seconds: 5)) == .none)
    #expect(machine.nextIncident() == nil)
    #expect(machine.tick(at: CaptureMachine.Moment(seconds: 6.1)) == .none)
    #expect(machine.state == .stalled)
    let incident = machine.nextIncident()
    #expect(incident?.fault == .stalled && incident?.phase == .began)
    #expect(machine.tick(at: CaptureMachine.Moment(seconds: 60)) == .none)
    #expect(machine.nextIncident() == nil)
    machine.opened(rate: 16_000, at: CaptureMachine.Moment(seconds: 61))
    #expect(
      machine.observe(availableFrameCount: 320, at: CaptureMachine.Moment(seconds: 61.02)) == .read)
    #expect(machine.nextIncident()?.phase == .ended)
    #expect(machine.state == .running)
  }

  @Test func `a reopening that hangs is told as the present cause`() {
    var simulation = Simulation()
    simulation.run(seconds: 3)
    _ = simulation.machine.failed(code: ENODEV, at: simulation.moment)
    simulation.machine.closed(at: simulation.moment)
    simulation.now += 1
    _ = simulation.machine.tick(at: simulation.moment)
    simulation.now += 6
    _ = simulation.machine.tick(at: simulation.moment)
    simulation.drain()
    #expect(simulation.machine.state == .stalled)
    #expect(simulation.incidents.map(\.fault) == [.unplugged, .unplugged, .stalled])
    #expect(simulation.incidents.map(\.phase) == [.began, .unresolved, .began])
  }

  @Test func `a stream that breaks again long after its outage began is opened anew`() {
    var simulation = Simulation()
    simulation.run(seconds: 3)
    _ = simulation.machine.failed(code: EPIPE, at: simulation.moment)
    simulation.machine.restarted(at: simulation.moment)
    simulation.now += 2.5
    #expect(simulation.machine.failed(code: EPIPE, at: simulation.moment) == .close)
  }

  @Test func `a stream that breaks after every opening is tried ever more rarely`() {
    var simulation = Simulation()
    simulation.run(seconds: 3)
    var openCount = 0
    var restartCount = 0
    let end = simulation.now + 60
    var action = simulation.machine.failed(code: EPIPE, at: simulation.moment)
    while simulation.now < end {
      simulation.now += 0.001
      switch action {
      case .close:
        simulation.machine.closed(at: simulation.moment)
        action = .none
      case .open:
        openCount += 1
        simulation.machine.opened(rate: 16_000, at: simulation.moment)
        action = simulation.machine.failed(code: EPIPE, at: simulation.moment)
      case .restart:
        restartCount += 1
        simulation.machine.restarted(at: simulation.moment)
        action = simulation.machine.failed(code: EPIPE, at: simulation.moment)
      case .none, .read: action = simulation.machine.tick(at: simulation.moment)
      }
    }
    #expect((5...30).contains(openCount))
    #expect(restartCount < 100)
  }

  @Test func `the present cause of an outage is told, and the gap is that of all causes`() {
    var simulation = Simulation()
    simulation.run(seconds: 5)
    _ = simulation.machine.failed(code: EIO, at: simulation.moment)
    simulation.machine.closed(at: simulation.moment)
    for code in [ENOENT, EACCES, EACCES, EBUSY] {
      simulation.now += 10
      _ = simulation.machine.tick(at: simulation.moment)
      simulation.machine.openFailed(code: code, at: simulation.moment)
    }
    simulation.now += 10
    _ = simulation.machine.tick(at: simulation.moment)
    simulation.machine.opened(rate: 16_000, at: simulation.moment)
    simulation.run(seconds: 1)
    #expect(
      simulation.incidents.map(\.fault)
        == [.unplugged, .unplugged, .permission, .permission, .busy, .busy])
    #expect(
      simulation.incidents.map(\.phase)
        == [.began, .unresolved, .began, .unresolved, .began, .ended])
    #expect(simulation.gaps.count == 1)
    #expect(abs((simulation.gaps.first?.frameCount ?? 0) - 50 * 16_000) < 1600)
  }

  @Test func `a capture that is stopped in an outage claims no recovery`() {
    var simulation = Simulation()
    simulation.run(seconds: 3)
    _ = simulation.machine.failed(code: ENODEV, at: simulation.moment)
    simulation.now += 10
    simulation.machine.stop(at: simulation.moment)
    simulation.drain()
    #expect(simulation.incidents.map(\.phase) == [.began, .unresolved])
  }

  @Test(arguments: [(8_000, 3_000.0), (192_000, 700_000)])
  func `a real rate that cannot be resampled from is a failure of the device`(
    claimed: Int, rate: Double
  ) {
    var simulation = Simulation(rate: rate, claimed: claimed)
    simulation.run(seconds: 11)
    #expect(simulation.rates.isEmpty)
    #expect(simulation.actions.contains(.close))
    #expect(simulation.incidents.map(\.fault) == [.failed])
  }

  @Test(arguments: [
    (1...10_000, [1, 2, 3, 4, 5, 6, 7, 8]), (2...2, [2]), (4...16, [4, 5, 6, 7, 8]),
    (12...12, [12]), (65...128, []),
  ])
  func `the fewest channels are tried first, then two, then more`(
    offered: ClosedRange<Int>, expected: [Int]
  ) {
    let offer = CaptureOffer(
      rates: 16_000...16_000, standardRates: [16_000], channelCounts: offered, encodings: [.int16])
    #expect(offer.channelCountsByPreference == expected)
  }

  @Test func `whatever is told to begin is told to end, however late it is asked for`() {
    var machine = CaptureMachine(configuration: MicrophoneConfiguration())
    for at in 0..<200 {
      for fault in CaptureFault.allCases {
        machine.note(CaptureIncident(fault: fault, phase: .began, at: at))
      }
      for fault in CaptureFault.allCases {
        machine.note(CaptureIncident(fault: fault, phase: .ended, at: at))
      }
    }
    var open: Set<CaptureFault> = []
    var count = 0
    while let incident = machine.nextIncident() {
      count += 1
      if incident.phase == .began {
        #expect(open.insert(incident.fault).inserted)
      } else {
        #expect(open.remove(incident.fault) != nil)
      }
    }
    #expect(open.isEmpty && count >= 40)
    #expect(machine.account.droppedIncidentCount > 0)
    #expect(machine.account.count(of: .noClock) == 200)
  }
}
