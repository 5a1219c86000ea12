// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import Glibc
import Testing

/// The machine's decisions, with a device that a test makes up.
@Suite struct CaptureMachineTests {
  /// A machine, a clock and a device whose real rate and losses are known.
  struct Simulation {
    var machine: CaptureMachine
    var now = 1000.0
    var rate: Double
    var waiting = 0.0
    var gaps: [CaptureMachine.Gap] = []
    var rates: [Int] = []
    var actions: [CaptureMachine.Action] = []
    var incidents: [CaptureIncident] = []

    init(rate: Double = 16_000, claimed: Int = 16_000) {
      machine = CaptureMachine(configuration: MicrophoneConfiguration())
      self.rate = rate
      _ = machine.tick(at: moment)
      machine.opened(rate: claimed, at: moment)
    }

    var moment: CaptureMachine.Moment { CaptureMachine.Moment(seconds: now) }

    /// Lets time pass in steps of 20 ms; the device delivers unless `isSilent`.
    mutating func run(seconds: Double, isSilent: Bool = false, jitter: Double = 0) {
      for step in 0..<Int(seconds / 0.02) {
        now += 0.02
        if !isSilent { waiting += 0.02 * rate }
        let late = jitter * Double(step * 7919 % 13) / 13
        let action = machine.observe(
          availableFrameCount: Int(waiting),
          at: CaptureMachine.Moment(seconds: now + late))
        if action == .read {
          let count = Int(waiting)
          machine.took(frameCount: count)
          waiting -= Double(count)
        } else if action != .none {
          actions.append(action)
          waiting = 0
          if case .restart = action { machine.restarted(at: moment) }
        }
        drain()
      }
    }

    mutating func drain() {
      if let gap = machine.takeGap() { gaps.append(gap) }
      if let rate = machine.takeRate() { rates.append(rate) }
      while let incident = machine.nextIncident() { incidents.append(incident) }
    }
  }

  @Test(arguments: [15_992.0, 16_000, 16_008])
  func `hours of a drifting quartz give neither a gap nor another rate`(rate: Double) {
    var simulation = Simulation(rate: rate)
    simulation.run(seconds: 4 * 3600, jitter: 0.015)
    #expect(simulation.incidents.isEmpty && simulation.gaps.isEmpty && simulation.rates.isEmpty)
  }

  @Test func `the age of the newest frame is what is late, from the start of the device on`() {
    var simulation = Simulation()
    // A server that delivers 0.3 s late.
    simulation.now += 0.3
    simulation.run(seconds: 5)
    #expect(abs(simulation.machine.newestFrameAge(at: simulation.now) - 0.3) < 0.03)
    #expect(abs(simulation.machine.newestFrameAge(at: simulation.now + 3) - 3.3) < 0.03)
  }

  @Test func `an overrun is restarted and its gap is measured by the clock`() throws {
    var simulation = Simulation()
    simulation.run(seconds: 5)
    simulation.now += 3
    #expect(
      simulation.machine.failed(code: EPIPE, at: simulation.moment) == .restart(resuming: false))
    #expect(simulation.machine.state == .recovering)
    simulation.machine.restarted(at: simulation.moment)
    simulation.run(seconds: 2)
    let gap = try #require(simulation.gaps.first)
    #expect(simulation.gaps.count == 1)
    #expect(abs(gap.frameCount - 48_000) <= 320)
    #expect(simulation.incidents.map(\.phase) == [.began, .ended])
    #expect(simulation.incidents.last?.lostFrameCount == gap.frameCount)
    #expect(simulation.machine.state == .running)
  }

  @Test func `a stream that breaks at every restart is opened anew, with one incident`() {
    var simulation = Simulation()
    simulation.run(seconds: 3)
    for _ in 0..<3 {
      let action = simulation.machine.failed(code: EPIPE, at: simulation.moment)
      #expect(action == .restart(resuming: false))
      simulation.machine.restarted(at: simulation.moment)
    }
    #expect(simulation.machine.failed(code: EPIPE, at: simulation.moment) == .close)
    simulation.machine.closed(at: simulation.moment)
    #expect(simulation.machine.secondsUntilRetry(at: simulation.now) > 0)
    simulation.drain()
    #expect(simulation.incidents.map(\.fault) == [.overrun])
  }

  @Test func `a suspended device is resumed first`() {
    var simulation = Simulation()
    simulation.run(seconds: 3)
    #expect(
      simulation.machine.failed(code: ESTRPIPE, at: simulation.moment) == .restart(resuming: true))
    #expect(simulation.machine.state == .suspended)
    simulation.now += 3600
    simulation.machine.restarted(at: simulation.moment)
    simulation.run(seconds: 1)
    #expect(simulation.gaps.first?.cause == .suspended)
    #expect(abs((simulation.gaps.first?.frameCount ?? 0) - 3600 * 16_000) <= 320)
  }

  @Test(arguments: [ENODEV, EIO, EBADFD])
  func `a lost device is closed and tried again, ever more rarely`(code: Int32) {
    var simulation = Simulation()
    simulation.run(seconds: 3)
    #expect(simulation.machine.failed(code: code, at: simulation.moment) == .close)
    simulation.machine.closed(at: simulation.moment)
    var waits: [Double] = []
    for _ in 0..<9 {
      let wait = simulation.machine.secondsUntilRetry(at: simulation.now)
      waits.append(wait)
      #expect(simulation.machine.tick(at: simulation.moment) == .none)
      simulation.now += wait + 1e-6
      #expect(simulation.machine.tick(at: simulation.moment) == .open)
      simulation.machine.openFailed(code: ENOENT, at: simulation.moment)
    }
    #expect(abs(waits[0] - 0.1) < 1e-6 && abs(waits[8] - 5) < 1e-6)
    #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 + 1e-6 })
    // Plugged in again: tried at once.
    simulation.machine.devicesChanged(at: simulation.moment)
    #expect(simulation.machine.secondsUntilRetry(at: simulation.now) <= 0.1 + 1e-6)
    simulation.drain()
    #expect(simulation.incidents.map(\.fault) == [.unplugged])
    #expect(simulation.machine.account.count(of: .unplugged) == 1)
  }

  @Test(arguments: [
    (EBUSY, CaptureFault.busy), (ENOENT, .notFound), (EACCES, .permission), (EINVAL, .failed),
  ])
  func `a device that cannot be opened at first is waited for`(code: Int32, fault: CaptureFault) {
    var machine = CaptureMachine(configuration: MicrophoneConfiguration())
    #expect(machine.tick(at: CaptureMachine.Moment(seconds: 1)) == .open)
    machine.openFailed(code: code, at: CaptureMachine.Moment(seconds: 1))
    #expect(machine.state == .waiting)
    #expect(machine.nextIncident()?.fault == fault)
    #expect(machine.tick(at: CaptureMachine.Moment(seconds: 2)) == .open)
    machine.openFailed(code: code, at: CaptureMachine.Moment(seconds: 2))
    #expect(machine.nextIncident() == nil)
    machine.opened(rate: 16_000, at: CaptureMachine.Moment(seconds: 3))
    #expect(
      machine.observe(availableFrameCount: 320, at: CaptureMachine.Moment(seconds: 3.02)) == .read)
    // Nothing was heard before, so nothing is missing: the time line begins here.
    #expect(machine.takeGap() == nil)
    #expect(machine.nextIncident()?.phase == .ended)
  }

  @Test func `a stream that gives nothing is closed, and its silence is a gap`() {
    var simulation = Simulation()
    simulation.run(seconds: 3)
    simulation.run(seconds: 2.5, isSilent: true)
    #expect(simulation.actions == [.close])
    #expect(simulation.machine.state == .stalled)
    simulation.machine.closed(at: simulation.moment)
    simulation.now += 0.2
    #expect(simulation.machine.tick(at: simulation.moment) == .open)
    simulation.machine.opened(rate: 16_000, at: simulation.moment)
    simulation.run(seconds: 1)
    #expect(simulation.gaps.map(\.cause) == [.stalled])
    #expect(abs(simulation.gaps[0].frameCount - 43_200) <= 640)
    #expect(simulation.machine.account.reopenCount == 1)
  }

  @Test(arguments: [
    (15_520, 15_520), (8_000, 8_000), (14_400, 14_400), (17_600, 17_600), (24_000, 24_000),
    (48_200, 48_000),
  ])
  func `another real rate is found once, to a standard rate where it is near one`(
    rate: Double, expected: Int
  ) {
    var simulation = Simulation(rate: rate)
    simulation.run(seconds: 60, jitter: 0.01)
    #expect(simulation.rates.count == 1)
    #expect(abs((simulation.rates.first ?? 0) - expected) <= 16)
    #expect(simulation.incidents.map(\.fault) == [.wrongRate])
    #expect(simulation.gaps.isEmpty)
  }

  @Test func `a device that comes back with its claimed rate keeps the true one`() {
    var simulation = Simulation(rate: 12_000)
    simulation.run(seconds: 20)
    #expect(simulation.rates == [12_000])
    _ = simulation.machine.failed(code: ENODEV, at: simulation.moment)
    simulation.machine.closed(at: simulation.moment)
    simulation.now += 2
    _ = simulation.machine.tick(at: simulation.moment)
    simulation.machine.opened(rate: 16_000, at: simulation.moment)
    #expect(simulation.machine.streamRate == 12_000)
    simulation.run(seconds: 20)
    #expect(abs((simulation.gaps.first?.frameCount ?? 0) - 24_000) <= 480)
    #expect(simulation.rates == [12_000])
  }

  @Test func `frames as fast as they are read are no rate and no loop of incidents`() {
    var simulation = Simulation(rate: 16_000 * 1000)
    simulation.run(seconds: 60)
    #expect(simulation.incidents.map(\.fault) == [.noClock])
    #expect(simulation.rates.isEmpty && simulation.gaps.isEmpty && simulation.actions.isEmpty)
  }

  @Test func `a capture that is stopped in an outage accounts for it`() {
    var simulation = Simulation()
    simulation.run(seconds: 3)
    _ = simulation.machine.failed(code: ENODEV, at: simulation.moment)
    simulation.now += 10
    simulation.machine.stop(at: simulation.moment)
    simulation.drain()
    #expect(abs((simulation.gaps.first?.frameCount ?? 0) - 160_000) <= 320)
    #expect(simulation.machine.state == .stopped)
  }
}
