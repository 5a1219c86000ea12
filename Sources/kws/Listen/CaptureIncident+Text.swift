// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio

extension CaptureFault {
  /// What the fault is called.
  var name: String {
    switch self {
    case .overrun: "overrun"
    case .suspended: "suspended"
    case .stopped: "process stopped"
    case .dropped: "audio dropped"
    case .busy: "device busy"
    case .notFound: "no such device"
    case .permission: "permission denied"
    case .unplugged: "device gone"
    case .stalled: "no audio"
    case .failed: "device failed"
    case .wrongRate: "wrong rate"
    case .digitalSilence: "digital silence"
    case .stuckOffset: "stuck offset"
    case .clipping: "clipping"
    case .recordingFailed: "recording failed"
    case .priorityRefused: "no real-time priority"
    case .recordingEnded: "recording ended"
    case .noClock: "no clock"
    }
  }

  /// What it means while it lasts, and what to do about it.
  fileprivate var advice: String {
    switch self {
    case .overrun: "The machine is too busy to read the device in time."
    case .suspended: "Waiting for the device to wake up."
    case .stopped: "Something kept the listener from running."
    case .dropped: "The sound server or the device dropped audio without an error."
    case .busy: "Another program has the device; waiting for it."
    case .notFound: "Waiting for it to be plugged in; 'kws devices' lists what there is."
    case .permission: "Is the user in the group audio? 'kws doctor' tells more."
    case .unplugged: "Waiting for it to come back."
    case .stalled: "The device is open but gives nothing; opening it again."
    case .failed: "Trying again; 'kws doctor' tells more."
    case .wrongRate: "The device does not keep the rate that it claims."
    case .digitalSilence: "All samples are equal: is the microphone muted or switched off?"
    case .stuckOffset: "A constant offset drowns the signal: check cable and device."
    case .clipping: "The input is too loud: lower the capture gain (alsamixer)."
    case .recordingFailed: "Listening goes on without the recording: is the disk full?"
    case .priorityRefused: "Raise the limit RLIMIT_RTPRIO or leave realtime-priority out."
    case .recordingEnded:
      "The device came back in another form, which the recording cannot hold; listening goes on."
    case .noClock: "The device runs as fast as it is read: this is not a microphone."
    }
  }
}

extension CaptureIncident {
  /// The line of the log, without the device's name.
  var text: String {
    let time = "at \(fixed(Double(at) / Double(AudioFormat.sampleRate), decimals: 2)) s"
    let duration = "\(fixed(Double(seconds), decimals: 2)) s"
    let lost = lostFrameCount > 0 ? ", \(lostFrameCount) frames of audio lost" : ""
    switch phase {
    case .began:
      let detail = detailText.map { " (\($0))" } ?? ""
      return "\(fault.name)\(detail) \(time). \(advice)"
    case .ended: return "\(fault.name) is over \(time), after \(duration)\(lost)."
    case .unresolved:
      return "\(fault.name): no audio came back in the \(duration) that this was the cause\(lost)."
    }
  }

  private var advice: String {
    fault == .stalled && code == SystemError.timedOut
      ? "The sound server or the driver hangs; going on once it comes back." : fault.advice
  }

  /// What was measured, or the system's word for its error.
  private var detailText: String? {
    switch fault {
    case .wrongRate, .noClock: "measured \(Int(value.rounded())) Hz"
    case .stuckOffset: "\(fixed(Double(value) * 100, decimals: 0)) % of full scale"
    case .clipping: "\(fixed(Double(value) * 100, decimals: 1)) % of the samples"
    default: code == 0 ? nil : systemErrorText(code)
    }
  }
}
