-- Whatever changes raises its version, and those of the lists and sums it is part of, in the same transaction.

CREATE TRIGGER message_sent AFTER INSERT ON messages
BEGIN
    UPDATE conversations
       SET messages = NEW.number, last_message_at = NEW.sent_at, version = version + 1
     WHERE id = NEW.conversation_id;
    UPDATE participants
       SET read_up_to = iif(user_id = NEW.sender_id, NEW.number, read_up_to), version = version + 1
     WHERE conversation_id = NEW.conversation_id;
END;

CREATE TRIGGER conversation_changed AFTER UPDATE ON conversations
BEGIN
    UPDATE users
       SET listing_version = listing_version + 1, inbox_version = inbox_version + 1
     WHERE id IN (NEW.client_id, NEW.provider_id);
    UPDATE instances SET version = version + 1 WHERE id = NEW.instance_id;
END;

CREATE TRIGGER participant_changed AFTER UPDATE ON participants
BEGIN
    UPDATE users SET inbox_version = inbox_version + 1 WHERE id = NEW.user_id;
END;
