// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import ListenerService

extension ListenerStatus {
  /// One line for `systemctl status`.
  var text: String {
    var parts = [stateText]
    if !faults.isEmpty { parts.append(faults.map(\.name).joined(separator: ", ")) }
    if let lastKeyword {
      parts.append(
        "\(detectionCount) detection\(detectionCount == 1 ? "" : "s"), the last '\(lastKeyword)'")
    }
    return parts.joined(separator: "; ")
  }

  private var stateText: String {
    switch state {
    case .waiting: "waiting for \(device)"
    case .opening: "opening \(device)"
    case .running: "listening to \(device)" + (format.map { ", \($0.text)" } ?? "")
    case .recovering: "restarting \(device)"
    case .suspended: "waking up \(device)"
    case .stalled: "\(device) gives no audio"
    case .stopped: "stopping"
    }
  }
}
