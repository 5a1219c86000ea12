// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import NeuralNetwork
import Testing

@Suite struct DistillationLossTests {
  private let labels = [2, 0]
  private let teacher: [Float] = [0.3, -1, 2, 1.5, 0, 0.25]

  private func buffer(_ values: [Float]) -> SharedBuffer<Float> {
    let buffer = SharedBuffer<Float>(zeroed: values.count)
    var span = buffer.mutableSpan
    for index in values.indices { span[index] = values[index] }
    return buffer
  }

  private func evaluate(
    _ logits: [Float], _ distillation: DistillationLoss
  ) -> (loss: Double, gradient: [Float]) {
    let gradient = buffer([Float](repeating: 0, count: logits.count))
    let byLabel = CrossEntropy(labelSmoothing: 0.1).evaluate(
      logits: buffer(logits), labels: labels, labelCount: 3, gradient: gradient)
    let loss = distillation.combine(
      labelLoss: byLabel.loss, logits: buffer(logits), teacherLogits: buffer(teacher),
      clipCount: 2, labelCount: 3, gradient: gradient)
    return (loss, (0..<logits.count).map { gradient.span[$0] })
  }

  @Test(arguments: [(Float(0), Float(2)), (0.5, 2), (1, 1), (0.7, 4)])
  func `the gradient is that of the loss`(weight: Float, temperature: Float) {
    let loss = DistillationLoss(weight: weight, temperature: temperature)
    let logits: [Float] = [0.5, -0.25, 1, -1, 0.75, 2]
    let gradient = evaluate(logits, loss).gradient
    for index in logits.indices {
      var (above, below) = (logits, logits)
      above[index] += 1 / 64
      below[index] -= 1 / 64
      let slope = (evaluate(above, loss).loss - evaluate(below, loss).loss) * 32
      #expect(abs(slope - Double(gradient[index])) < 2e-4)
    }
  }

  @Test func `a student that answers as its teacher has nothing to learn from it`() {
    let (loss, gradient) = evaluate(teacher, DistillationLoss(weight: 1, temperature: 3))
    #expect(abs(loss) < 1e-9)
    #expect(gradient.allSatisfy { abs($0) < 1e-7 })
  }

  @Test func `without weight the labels alone count`() {
    let logits: [Float] = [0.5, -0.25, 1, -1, 0.75, 2]
    let alone = CrossEntropy(labelSmoothing: 0.1).evaluate(
      logits: buffer(logits), labels: labels, labelCount: 3)
    #expect(evaluate(logits, DistillationLoss(weight: 0, temperature: 2)).loss == alone.loss)
  }
}
