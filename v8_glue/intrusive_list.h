// IntrusiveList: objects that stand in a list without memory of the list's own.
//
// An object joins by deriving from ListNode and leaves when it is destroyed. A list owns nothing.
// Isolate thread only.

#ifndef SPRINGBOARD_V8_GLUE_INTRUSIVE_LIST_H_
#define SPRINGBOARD_V8_GLUE_INTRUSIVE_LIST_H_

#include <cassert>
#include <cstddef>

namespace springboard::glue {

// A node of a circle; alone it is a circle of one. `List` tells the lists of one object apart.
template <typename List>
class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { Leave(); }

  bool alone() const { return next_ == this; }
  ListNode* next() const { return next_; }

  void JoinBefore(ListNode& node) {
    assert(alone());
    next_ = &node;
    previous_ = node.previous_;
    previous_->next_ = this;
    node.previous_ = this;
  }
  void Leave() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = this;
  }

 private:
  ListNode* next_ = this;
  ListNode* previous_ = this;
};

// The Elements, each a ListNode<List>, in the order in which they were added.
template <typename Element, typename List>
class IntrusiveList {
 public:
  bool empty() const { return head_.alone(); }
  void Add(Element& element) { Node(element).JoinBefore(head_); }
  static void Remove(Element& element) { Node(element).Leave(); }
  // Counted one by one.
  size_t size() const {
    size_t count = 0;
    for (const ListNode<List>* node = head_.next(); node != &head_; node = node->next()) ++count;
    return count;
  }
  // REQUIRES: !empty().
  Element& TakeFirst() {
    ListNode<List>& node = *head_.next();
    node.Leave();
    return static_cast<Element&>(node);
  }

 private:
  static ListNode<List>& Node(Element& element) { return element; }

  ListNode<List> head_;
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_INTRUSIVE_LIST_H_
