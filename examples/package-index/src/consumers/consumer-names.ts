export const consumerNames = ['audit_logger', 'notification_sender', 'analytics_pipeline'] as const;

export type ConsumerName = (typeof consumerNames)[number];
